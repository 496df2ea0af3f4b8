import { describe, expect, it } from 'vitest';
import { readEvents } from '../../src/score-tool/event-file.ts';
import { readLiquidations } from '../../src/score-tool/liquidation-file.ts';

const header = 'time_ms,long_usd,short_usd,note';

describe('a file of liquidated totals', () => {
  it('is read with the width of its intervals; a missing interval is no error', () => {
    const { totals, intervalMs } = readLiquidations('a.csv', `${header}\n0,1,2,x\n1800000,3,0,\n5400000,0,0.5,\n`);
    expect(intervalMs).toBe(1_800_000);
    expect(totals.at(-1)).toEqual({ time: 5_400_000, longUsd: 0, shortUsd: 0.5 });
  });

  it.each([
    ['time_ms,long_usd\n0,1\n1,2\n', 'a.csv, line 1: column short_usd is missing'],
    [`${header}\n0,1,2,\n`, 'a.csv must have at least two intervals, not 1'],
    [`${header}\n0,1,2,\n60000,-1,2,\n`, "a.csv, line 3, column long_usd: '-1' is not an amount from 0"],
    [`${header}\n0,1,2,\n60000,,2,\n`, "a.csv, line 3, column long_usd: '' is not an amount from 0"],
    [`${header}\n0,1,2,\n60000,1,2,\n90000,1,2,\n`, 'a.csv, line 4, column time_ms: 90000 is not a whole number'],
    [`${header}\n0,1,2,\n0,1,2,\n`, 'a.csv, line 3, column time_ms: 0 is not'],
    [`${header}\n0,1\n`, 'a.csv is not a CSV file'],
  ])('is refused by line and column (%#)', (text, problem) => {
    expect(() => readLiquidations('a.csv', text)).toThrow(problem);
  });
});

describe('a file of single liquidations', () => {
  const columns = 'time_ms,symbol,liquidated_side,bankruptcy_price,notional_usd';

  it('gives those of the symbol in the order of time, with the mark that triggered them', () => {
    const text = `${columns}\n20,BTC,long,995.5,10\n10,BTC,short,1004.5,5\n5,ETH,long,1,1\n`;
    const { liquidations } = readEvents('e.csv', text, 'BTCUSDT');
    expect(liquidations.map(({ time, side, usd }) => [time, side, usd])).toEqual([
      [10, 'short', 5],
      [20, 'long', 10],
    ]);
    for (const { price } of liquidations) expect(price).toBeCloseTo(1000, 9);
  });

  it.each([
    [`${columns}\n1,ETH,long,1,1\n`, 'e.csv has no liquidation of BTCUSDT'],
    [`${columns}\n1,BTC,buy,1,1\n`, "e.csv, line 2, column liquidated_side: 'buy' is neither long nor short"],
    [`${columns}\n1,BTC,long,0,1\n`, "e.csv, line 2, column bankruptcy_price: '0' is not above 0"],
    ['time_ms,symbol\n1,BTC\n', 'e.csv, line 1: column liquidated_side is missing'],
  ])('is refused by line and column (%#)', (text, problem) => {
    expect(() => readEvents('e.csv', text, 'BTCUSDT')).toThrow(problem);
  });
});
