/** The live feed as the settings want it: the venues' real sockets and requests, and its log lines. */
import type { Logger } from 'pino';
import { systemClock } from './actors/kernel/system-clock.ts';
import type { Config } from './config.ts';
import { binanceVenue } from './feed/venues/binance-venue.ts';
import { bybitVenue } from './feed/venues/bybit-venue.ts';
import { httpVenueGet } from './feed/venues/http-venue-get.ts';
import { LiveFeed, streamName } from './feed/venues/live-feed.ts';
import { VenueDesk } from './feed/venues/venue-desk.ts';
import { openWsVenueSocket } from './feed/venues/ws-venue-socket.ts';
import { venueLines } from './venue-lines.ts';

const firstReconnectMs = 500;

/** @param streams names of the venues' symbols, as `binance:BTCUSDT`. */
export function liveSource(config: Config, logger: Logger, streams: readonly string[]): LiveFeed {
  const { live } = config;
  const observer = venueLines(logger);
  const symbolsOf = (venue: string) => live.symbols.filter((symbol) => streams.includes(streamName(venue, symbol)));
  const venues = live.venues.filter(({ name }) => symbolsOf(name).length > 0);
  return new LiveFeed({
    clock: systemClock,
    venues: venues.map(({ name }) => name),
    staleAfterMs: live.staleAfterMs,
    openDesks: (resume, observed) =>
      venues.map(({ name, socketUrl, restUrl }) => {
        const venue = name === 'binance' ? binanceVenue : bybitVenue();
        const options = {
          ...live.desk,
          venue,
          socketUrl,
          restUrl,
          symbols: symbolsOf(name),
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
