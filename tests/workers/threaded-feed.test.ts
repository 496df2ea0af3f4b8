import { describe, expect, it } from 'vitest';
import type { ResumePoint } from '../../src/feed/feed.ts';
import { ThreadedFeed } from '../../src/workers/threaded-feed.ts';
import type { TellingSettings } from './fixtures/telling-thread.ts';

const resume = new Map<string, ResumePoint>([['BTCUSDT', { firstTime: 1, lastTime: 40, lastIds: { mark_price: 40 } }]]);

function telling(settings: Partial<TellingSettings> = {}) {
  const lines: object[] = [];
  const time = { now: 1500 };
  const feed = new ThreadedFeed<TellingSettings>({
    name: 'live',
    program: new URL('./fixtures/telling-thread.ts', import.meta.url),
    settings: { failsAfter: null, endsAfter: null, ...settings },
    clock: { now: () => time.now },
    staleAfterMs: 1000,
    symbolsOf: new Map([['binance', new Set(['BTCUSDT'])]]),
    line: (level, fields) => lines.push({ level, ...fields }),
  });
  return { feed, lines, time };
}

async function take(feed: ThreadedFeed<TellingSettings>, most: number, stop = new AbortController()) {
  const ids: number[] = [];
  for await (const chunk of feed.observations(resume, stop.signal)) {
    ids.push(...chunk.map(({ observation }) => observation.id));
    if (ids.length === most) stop.abort();
  }
  return ids;
}

describe('a feed on a thread of its own', () => {
  it('gives chunk after chunk, each when the one before was taken, from where the log left off', async () => {
    const { feed, lines } = telling();
    expect(await take(feed, 5)).toEqual([41, 42, 43, 44, 45]);
    // Not one more was told than was asked for.
    expect(lines).toEqual([1, 2, 3, 4, 5].map((told) => ({ level: 'info', event: 'venue_live', told })));
  });

  it('ends where the thread does, and when it is stopped before it begins', async () => {
    expect(await take(telling({ endsAfter: 3 }).feed, 100)).toEqual([41, 42, 43]);
    const { feed, lines } = telling();
    const stopped = new AbortController();
    stopped.abort();
    expect(await take(feed, 100, stopped)).toEqual([]);
    expect(lines).toEqual([]);
  });

  it('fails with what the thread failed of, after all that was told', async () => {
    const { feed, lines } = telling({ failsAfter: 2 });
    const failed = { name: 'FeedError', message: 'the thread of the source failed: the venue spoke in tongues' };
    await expect(take(feed, 100)).rejects.toMatchObject(failed);
    expect(lines).toHaveLength(2);
  });

  it('lets go of the thread when nobody reads on', async () => {
    const { feed } = telling();
    for await (const chunk of feed.observations(resume, new AbortController().signal)) {
      expect(chunk).toHaveLength(1);
      break;
    }
  });

  it('knows what the thread heard last, and finds it stale by its own clock', async () => {
    const { feed, time } = telling();
    expect(feed.listening.isStale('BTCUSDT', 'binance')).toBe(false);
    expect(feed.listening.venues()).toEqual({});
    for await (const _ of feed.observations(resume, new AbortController().signal)) {
      expect(feed.listening.venues()).toMatchObject({ binance: { stale: false, connected: true, connections: 1 } });
      break;
    }
    expect(feed.listening.isStale('BTCUSDT', null)).toBe(false);
    time.now = 2001;
    expect(feed.listening.isStale('BTCUSDT', null)).toBe(true);
    expect(feed.listening.isStale('BTCUSDT', 'okx')).toBe(false);
    expect(feed.listening.isStale('ETHUSDT', null)).toBe(false);
    // The thread is gone, and what it counted is not.
    const ended = { stale: true, connected: false, connections: 0, gaps_found: 3 };
    expect(feed.listening.venues()).toEqual({ binance: ended });
    expect(feed.listening.problems()).toEqual([
      'binance was not heard since 1970-01-01T00:00:01.000Z: its pictures are stale',
    ]);
  });
});
