/**
 * Where batches of older schemas become today's. An event that was written is never rewritten: when the layout or the meaning of a
 * column changes, the schema number rises and the old number gets a function here.
 */
import type { EventBatch } from '../market/event-batch.ts';

/** @param body the bytes behind the header, whose checksum was right. */
export type Upcaster = (body: Uint8Array) => EventBatch;

export const upcasters: ReadonlyMap<number, Upcaster> = new Map();
