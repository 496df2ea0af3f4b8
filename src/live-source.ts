/** The live feed as the settings want it: the venues' real sockets and requests, and its log lines. */
import type { Logger } from 'pino';
import { systemClock } from './actors/kernel/system-clock.ts';
import type { Config } from './config.ts';
import { httpVenueGet } from './feed/venues/http-venue-get.ts';
import { LiveFeed } from './feed/venues/live-feed.ts';
import { newVenue } from './feed/venues/new-venue.ts';
import { VenueDesk } from './feed/venues/venue-desk.ts';
import { openWsVenueSocket } from './feed/venues/ws-venue-socket.ts';
import { venueLines } from './venue-lines.ts';

const firstReconnectMs = 500;

export function liveSource(config: Config, logger: Logger, symbols: readonly string[]): LiveFeed {
  const { live } = config;
  const observer = venueLines(logger);
  const venues = live.venues
    .map((venue) => ({ ...venue, symbols: venue.symbols.filter((symbol) => symbols.includes(symbol)) }))
    .filter((venue) => venue.symbols.length > 0);
  return new LiveFeed({
    clock: systemClock,
    venues: venues.map(({ name }) => name),
    staleAfterMs: live.staleAfterMs,
    openDesks: (resume, observed) =>
      venues.map(({ name, symbols: own, socketUrl, restUrl }) => {
        const options = {
          ...live.desk,
          venue: newVenue(name),
          socketUrl,
          restUrl,
          symbols: own,
          openSocket: openWsVenueSocket,
          get: httpVenueGet,
          clock: systemClock,
          random: Math.random,
          timing: { ...live.timing, backoff: { firstMs: firstReconnectMs, maxMs: live.reconnectMaxMs } },
          observer: { ...observer, observed },
        };
        return new VenueDesk(options, resume(name));
      }),
  });
}
