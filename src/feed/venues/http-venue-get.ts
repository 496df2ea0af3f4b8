/** A venue's HTTP over `fetch`. */
import type { VenueGet } from './venue-socket.ts';

const timeoutMs = 10_000;

export const httpVenueGet: VenueGet = async (url, signal) => {
  const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
  return { status: answer.status, headers: new Map(answer.headers), body: await answer.text() };
};
