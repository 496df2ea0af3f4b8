/** The live feed of a server. */
import type { Logger } from 'pino';
import { systemClock } from './actors/kernel/system-clock.ts';
import type { Config } from './config.ts';
import type { Feed } from './feed/feed.ts';
import { liveFeedOf, liveSettings, symbolsOfVenues } from './live-feed-of.ts';
import { ThreadedFeed } from './workers/threaded-feed.ts';

/** A server that feeds all symbols hears on a thread; one of several has a feed a symbol, too many for that. */
export function liveSource(config: Config, logger: Logger, symbols: readonly string[]): Feed {
  const settings = liveSettings(config, symbols);
  if (config.redis.isEnabled) return liveFeedOf(settings, logger);
  return new ThreadedFeed({
    name: 'live',
    program: new URL('./live-thread.ts', import.meta.url),
    settings,
    clock: systemClock,
    staleAfterMs: settings.staleAfterMs,
    symbolsOf: symbolsOfVenues(settings),
    line: (level, fields) => logger[level](fields),
  });
}
