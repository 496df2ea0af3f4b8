/** The live feeds of a server. */
import type { Logger } from 'pino';
import { systemClock } from './actors/kernel/system-clock.ts';
import type { Config } from './config.ts';
import type { Feed } from './feed/feed.ts';
import { GatheredListening } from './feed/venues/gathered-listening.ts';
import { liveFeedOf, liveSettings, symbolsOfVenues } from './live-feed-of.ts';
import { ThreadedFeed } from './workers/threaded-feed.ts';

/**
 * A server that is alone has one feed, which hears on a thread; one of several has a feed a symbol, too many for that, and knows of all of
 * them how well they hear.
 */
export function liveSource(config: Config, logger: Logger): (symbols: readonly string[]) => Feed {
  const common = { clock: systemClock, staleAfterMs: config.live.staleAfterMs };
  if (config.redis.isEnabled) {
    const gathered = new GatheredListening(common);
    return (symbols) => gathered.feed(liveFeedOf(liveSettings(config, symbols), logger), symbols);
  }
  return (symbols) => {
    const settings = liveSettings(config, symbols);
    return new ThreadedFeed({
      ...common,
      name: 'live',
      program: new URL('./live-thread.ts', import.meta.url),
      settings,
      symbolsOf: symbolsOfVenues(settings),
      line: (level, fields) => logger[level](fields),
    });
  };
}
