import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeedError } from '../../src/feed/feed.ts';
import { createRecordedFeed } from '../../src/feed/recorded-feed.ts';
import type { SymbolObservation } from '../../src/market/event.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { temporaryDirectory } from '../support/server-process.ts';
import { FeedReader, nothingSeen, readAll, resumeAfter } from './feed-reader.ts';

const minute = 60_000;
const header = 'open_time,open,high,low,close,volume,taker_buy_volume';
const row = (time: number, rest = '100,110,90,105,10,4') => `${time},${rest}`;

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => directory.dispose());

async function file(name: string, ...lines: string[]): Promise<string> {
  const path = join(directory.path, name);
  await writeFile(path, lines.join('\n'));
  return path;
}

const feedOf = (files: Record<string, string>, speed = 0, clock = new ManualClock()) =>
  createRecordedFeed({ files: new Map(Object.entries(files)), speed, clock });

const minutesOf = (seen: readonly SymbolObservation[]) =>
  seen.map(({ symbol, observation }) => `${symbol} ${observation.kind} ${observation.time / minute}`);

describe('a recording', () => {
  it('becomes candles that are known at their close', async () => {
    const path = await file('a.csv', header, row(0), row(minute, '105,106,104,104.5,7,0'));
    expect(await readAll(feedOf({ A: path }))).toEqual([
      {
        symbol: 'A',
        observation: {
          kind: 'candle',
          time: minute,
          id: 0,
          open: 100,
          high: 110,
          low: 90,
          close: 105,
          volume: 10,
          takerBuyVolume: 4,
        },
      },
      {
        symbol: 'A',
        observation: {
          kind: 'candle',
          time: 2 * minute,
          id: minute,
          open: 105,
          high: 106,
          low: 104,
          close: 104.5,
          volume: 7,
          takerBuyVolume: 0,
        },
      },
    ]);
  });

  it('without taker volume, or with blanks, has null and never 0 there', async () => {
    const bare = await file('b.csv', 'open_time,open,high,low,close,volume', row(0, '1,1,1,1,5'));
    const blank = await file('c.csv', header, row(0, '1,1,1,1,5,'));
    for (const path of [bare, blank]) {
      expect((await readAll(feedOf({ A: path })))[0]!.observation).toMatchObject({ takerBuyVolume: null });
    }
  });

  it('with open interest says it at the start of its minute, where it was measured', async () => {
    const columns = 'time_ms,open,high,low,close,volume,open_interest,open_interest_usd';
    const path = await file(
      'd.csv',
      columns,
      row(0, '1,1,1,1,5,,'),
      row(minute, '1,1,1,1,5,77.5,1000'),
      row(2 * minute, '1,1,1,1,5,,'),
    );
    expect(minutesOf(await readAll(feedOf({ A: path })))).toEqual([
      'A candle 1',
      'A open_interest 1',
      'A candle 2',
      'A candle 3',
    ]);
  });

  it('is merged with others by time, and a gap in one is no matter', async () => {
    const a = await file('a.csv', header, row(0), row(minute), row(5 * minute));
    const b = await file('b.csv', header, row(minute), row(2 * minute));
    expect(minutesOf(await readAll(feedOf({ A: a, B: b })))).toEqual([
      'A candle 1',
      'A candle 2',
      'B candle 2',
      'B candle 3',
      'A candle 6',
    ]);
  });

  it('with Windows line ends, a byte order mark and empty lines reads the same', async () => {
    const path = await file('a.csv', `\uFEFF${header}\r`, `${row(0)}\r`, '', `${row(minute)}\r`, '');
    expect(await readAll(feedOf({ A: path }))).toHaveLength(2);
  });

  it.each<[string, string[], number, string]>([
    ['a missing column', ['open_time,open,high,low,volume', row(0)], 0, 'line 1, column close: is missing'],
    ['no time column', ['open,high,low,close,volume', row(0)], 0, 'line 1, column open_time or time_ms: is missing'],
    ['an unknown column', [`${header},note`, row(0, '1,1,1,1,1,1,x')], 0, 'line 1, column note: is not known'],
    ['a column named twice', ['open_time,open,high,low,close,volume,open', row(0)], 0, 'line 1: names a column twice'],
    [
      'a text in a number',
      [header, row(0), row(minute, '100,110,ninety,105,10,4')],
      1,
      "line 3, column low: 'ninety' is not a number",
    ],
    [
      'a quoted field',
      [header, row(0), row(minute, '"100",110,90,105,10,4')],
      1,
      'line 3, column open: \'"100"\' is not a number',
    ],
    ['a NaN', [header, row(0), row(minute, '100,110,90,NaN,10,4')], 1, "line 3, column close: 'NaN' is not a number"],
    [
      'an Infinity',
      [header, row(0), row(minute, '100,1e999,90,105,10,4')],
      1,
      "line 3, column high: '1e999' is not a number",
    ],
    [
      'an empty required field',
      [header, row(0), row(minute, '100,110,90,105,,4')],
      1,
      'line 3, column volume: is empty',
    ],
    [
      'a negative volume',
      [header, row(0), row(minute, '100,110,90,105,-1,0')],
      1,
      'line 3, column volume: -1 is negative',
    ],
    ['a price of zero', [header, row(0), row(minute, '0,110,0,105,1,0')], 1, 'line 3, column open: is 0'],
    [
      'high below low',
      [header, row(0), row(minute, '100,90,110,105,10,4')],
      1,
      'line 3, column high: 90 is below the low 110',
    ],
    [
      'a close outside of the range',
      [header, row(0), row(minute, '100,110,90,111,10,4')],
      1,
      'line 3, column close: 111 is not within low 90 and high 110',
    ],
    [
      'more taker volume than volume',
      [header, row(0), row(minute, '100,110,90,105,10,11')],
      1,
      'line 3, column taker_buy_volume: 11 is more than the volume 10',
    ],
    [
      'time going backwards',
      [header, row(minute), row(2 * minute), row(0)],
      2,
      'line 4, column open_time: 0 goes back from 120000',
    ],
    [
      'the same time twice',
      [header, row(0), row(minute), row(minute)],
      2,
      'line 4, column open_time: 60000 is there twice',
    ],
    [
      'a time off the minutes',
      [header, row(0), row(minute), row(minute + 7)],
      2,
      'line 4, column open_time: 60007 is not a whole number of intervals',
    ],
    ['too few fields', [header, row(0), '60000,100,110'], 1, 'line 3: has 3 fields, the header 7'],
    [
      'a time that its column calls time_ms twice',
      ['time_ms,open,high,low,close,volume', row(0, '1,1,1,1,5'), row(minute, '1,1,1,1,5'), row(minute, '1,1,1,1,5')],
      2,
      'line 4, column time_ms: 60000 is there twice',
    ],
    ['a line without end', [header, row(0), '1'.repeat(5000)], 1, 'line 3: is longer than 4096 characters'],
    ['a header alone', [header], 0, 'line 2: is missing: the file has a header and no candle'],
    ['nothing at all', [], 0, 'line 1: is missing: the file is empty'],
  ])(
    'with %s ends in an error that names file, line and column, and what came before stays',
    async (_what, lines, before, message) => {
      const path = await file('bad.csv', ...lines);
      const seen: SymbolObservation[] = [];
      const read = async () => {
        for await (const chunk of feedOf({ A: path }).observations(nothingSeen, new AbortController().signal))
          seen.push(...(chunk as readonly SymbolObservation[]));
      };
      const error = await read().catch((reason) => reason);
      expect(error).toBeInstanceOf(FeedError);
      expect(error.message).toContain(`${path}, ${message}`);
      expect(seen).toHaveLength(before);
    },
  );

  it('that is not there is named', async () => {
    await expect(readAll(feedOf({ A: '/no/such/file.csv' }))).rejects.toThrow('/no/such/file.csv cannot be read');
  });
});

describe('the recorded feed', () => {
  it('keeps the pace it is set to, by the clock, without drift', async () => {
    const path = await file('a.csv', header, ...[0, 1, 2, 3].map((n) => row(n * minute)));
    const clock = new ManualClock(1_000_000);
    const reader = new FeedReader(feedOf({ A: path }, 60, clock), clock);
    const candlesAfter = async (ms: number) => {
      clock.advance(ms);
      await reader.settle();
      return reader.seen.length;
    };
    expect(await candlesAfter(0)).toBe(1);
    expect(await candlesAfter(999)).toBe(1);
    expect(await candlesAfter(1)).toBe(2);
    expect(await candlesAfter(1500)).toBe(3);
    expect(await candlesAfter(500)).toBe(4);
    await reader.ended;
  });

  it('goes on after a restart where the log left off', async () => {
    const path = await file('a.csv', header, ...Array.from({ length: 20 }, (_, n) => row(n * minute)));
    const whole = await readAll(feedOf({ A: path }));
    for (const cut of [0, 1, 7, 20]) {
      const rest = await readAll(feedOf({ A: path }), resumeAfter(whole.slice(0, cut), 'A'));
      expect([...whole.slice(0, cut), ...rest]).toEqual(whole);
    }
  });

  it('stops waiting when it is aborted, and leaves no timer', async () => {
    const path = await file('a.csv', header, row(0), row(minute));
    const clock = new ManualClock();
    const reader = new FeedReader(feedOf({ A: path }, 1, clock), clock);
    await reader.settle();
    expect(clock.pendingTimers).toBe(1);
    reader.abort();
    await reader.ended;
    expect(clock.pendingTimers).toBe(0);
  });

  it('stops passing over what the log has when it is aborted, without reading to the end', async () => {
    const candles = Array.from({ length: 20_000 }, (_, n) => row(n * minute));
    const path = await file('a.csv', header, ...candles, 'not a candle');
    const lastIds = { candle: 20_000 * minute };
    const resume = new Map([['A', { firstTime: minute, lastTime: 20_000 * minute, lastIds }]]);
    await expect(readAll(feedOf({ A: path }), resume)).rejects.toThrow('line 20002');
    const reader = new FeedReader(feedOf({ A: path }), new ManualClock(), resume);
    reader.abort();
    await reader.ended;
    expect(reader.seen).toEqual([]);
  });
});
