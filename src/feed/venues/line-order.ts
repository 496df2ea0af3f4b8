/** The orders in which a line holds facts: trades by id, all else by time, then kind, then id. */
import type { Observation } from '../../market/event.ts';
import { kindCodes } from '../../market/event-batch.ts';

export function byId(a: Observation, b: Observation): number {
  return a.id - b.id;
}

export function byTime(a: Observation, b: Observation): number {
  return a.time - b.time || kindCodes[a.kind] - kindCodes[b.kind] || a.id - b.id;
}
