/** `SYMBOLS=all`: asks the venues what they list, and serves what has the most open interest. Asked once, at the start. */
import type { Logger } from 'pino';
import { systemClock } from './actors/kernel/system-clock.ts';
import { deepFreeze } from './config/deep-freeze.ts';
import type { Config } from './config.ts';
import { httpVenueGet } from './feed/venues/http-venue-get.ts';
import { listSymbols } from './feed/venues/list-symbols.ts';
import { newVenue } from './feed/venues/new-venue.ts';
import { rankSymbols } from './feed/venues/rank-symbols.ts';
import { pictureNames } from './market/picture-name.ts';

const backoff = { firstMs: 500, maxMs: 10_000 };
/** Names in one log line. */
const mostShown = 20;

/** @returns the config with the symbols of each venue. Rejects with a `VenueListError`, and logs it, when a venue does not tell them. */
export async function liveSymbols(config: Config, logger: Logger): Promise<Config> {
  const { source, live } = config;
  if (source !== 'live' || live.listing === null) return config;
  const { maxSymbols, timeoutMs } = live.listing;
  const lists = await Promise.all(
    live.venues.map(async ({ name, restUrl: baseUrl }) => {
      const { listed, leftOut } = await listSymbols({
        venue: newVenue(name),
        baseUrl,
        get: httpVenueGet,
        clock: systemClock,
        random: Math.random,
        backoff,
        timeoutMs,
        failed: (err) => logger.warn({ event: 'venue_request_failed', venue: name, what: 'symbols', err }),
      });
      logger.info({
        event: 'venue_listed',
        venue: name,
        symbols: listed.length,
        leftOut: leftOut.length,
        ...(leftOut.length > 0 && { such: leftOut.slice(0, mostShown) }),
      });
      return listed;
    }),
  ).catch((err) => {
    logger.fatal({ event: 'venue_list_failed', err });
    throw err;
  });
  const symbols = rankSymbols(lists, maxSymbols);
  const venues = live.venues.map((venue, i) => {
    const own = new Set(lists[i]!.map(({ symbol }) => symbol));
    return { ...venue, symbols: symbols.filter((symbol) => own.has(symbol)) };
  });
  const named = { symbols, pictureNames: pictureNames(symbols, config.venues) };
  return deepFreeze({ ...config, ...named, live: { ...live, venues } });
}
