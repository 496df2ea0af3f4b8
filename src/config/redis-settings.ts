/** Settings of several servers that share one log in Redis. */
import { choice, flag, redisUrl, seconds, setting, text } from './setting-kinds.ts';

export const redisSettings = {
  REDIS_ENABLED: flag('Whether servers share one log in Redis: one of them writes each symbol, all stream it', false),
  REDIS_URL: setting(redisUrl, {
    doc: 'Where Redis 7 is: a server, Sentinels and the name of their master, or a cluster; user:password@ before the host; rediss for TLS',
    default: 'redis://localhost:6379',
    allowed: 'redis://host:port/0, redis+sentinel://host:port,…/name, redis+cluster://host:port,…',
  }),
  REDIS_CHANNEL_PREFIX: text('First part of the names of channels and keys', 'heatmap'),
  REDIS_LEASE: seconds({
    min: 0.3,
    max: 60,
    default: 1.5,
    doc: 'A server that is silent for this long loses its symbols to another',
  }),
  REDIS_TIMEOUT: seconds({
    min: 0.1,
    max: 60,
    default: 2,
    doc: 'A command that Redis takes longer to answer has failed',
  }),
  REDIS_FALLBACK: choice(
    ['local', 'none'],
    'local',
    'When Redis is away at the start: go on alone with a log in DATA_DIR until the next start, or end',
  ),
} as const;
