/** What happens with venues, as log lines. A bad frame is counted every time and logged once a minute and kind. */
import type { VenueObserver } from './feed/venues/venue-desk.ts';

const sameLineEveryMs = 60_000;

export interface LineWriter {
  info(fields: object): void;
  warn(fields: object): void;
}

export function venueLines(logger: LineWriter): VenueObserver {
  const loggedAt = new Map<string, number>();
  const isDue = (key: string) => {
    const now = performance.now();
    if (now - (loggedAt.get(key) ?? Number.NEGATIVE_INFINITY) < sameLineEveryMs) return false;
    loggedAt.set(key, now);
    return true;
  };
  return {
    received: () => {},
    observed: () => {},
    frameFailed: (venue, { code, message }) => {
      if (isDue(`${venue} ${code}`)) logger.warn({ event: 'venue_frame_failed', venue, code, message });
    },
    interrupted: (venue, symbols, reason) =>
      logger.warn({ event: 'venue_interrupted', venue, symbols: symbols.length, reason }),
    live: (venue, symbols) => logger.info({ event: 'venue_live', venue, symbols: symbols.length }),
    requestFailed: (venue, what, err) => {
      if (isDue(`${venue} request`)) logger.warn({ event: 'venue_request_failed', venue, what, err });
    },
  };
}
