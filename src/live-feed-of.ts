/** The live feed as the settings want it, with the venues' real sockets and requests, on whatever thread it is made. */
import { systemClock } from './actors/kernel/system-clock.ts';
import type { Config } from './config.ts';
import { httpVenueGet } from './feed/venues/http-venue-get.ts';
import { LiveFeed } from './feed/venues/live-feed.ts';
import { newVenue } from './feed/venues/new-venue.ts';
import { VenueDesk } from './feed/venues/venue-desk.ts';
import { openWsVenueSocket } from './feed/venues/ws-venue-socket.ts';
import type { VenueName } from './market/venues.ts';
import { type LineWriter, venueLines } from './venue-lines.ts';

const firstReconnectMs = 500;

/** Plain data, so that a thread can be given it. */
export type LiveSettings = Pick<Config['live'], 'venues' | 'staleAfterMs' | 'timing' | 'reconnectMaxMs' | 'desk'>;

/** With the venues that have some of these symbols, each with those. */
export function liveSettings({ live }: Config, symbols: readonly string[]): LiveSettings {
  const { staleAfterMs, timing, reconnectMaxMs, desk } = live;
  const venues = live.venues
    .map((venue) => ({ ...venue, symbols: venue.symbols.filter((symbol) => symbols.includes(symbol)) }))
    .filter((venue) => venue.symbols.length > 0);
  return { venues, staleAfterMs, timing, reconnectMaxMs, desk };
}

export function symbolsOfVenues({ venues }: LiveSettings): Map<VenueName, ReadonlySet<string>> {
  return new Map(venues.map(({ name, symbols }) => [name, new Set(symbols)]));
}

export function liveFeedOf(settings: LiveSettings, lines: LineWriter): LiveFeed {
  const observer = venueLines(lines);
  return new LiveFeed({
    clock: systemClock,
    symbolsOf: symbolsOfVenues(settings),
    staleAfterMs: settings.staleAfterMs,
    openDesks: (resume, observed) =>
      settings.venues.map(({ name, symbols, socketUrl, restUrl }) => {
        const options = {
          ...settings.desk,
          venue: newVenue(name),
          socketUrl,
          restUrl,
          symbols,
          openSocket: openWsVenueSocket,
          get: httpVenueGet,
          clock: systemClock,
          random: Math.random,
          timing: { ...settings.timing, backoff: { firstMs: firstReconnectMs, maxMs: settings.reconnectMaxMs } },
          observer: { ...observer, observed },
        };
        return new VenueDesk(options, resume(name));
      }),
  });
}
