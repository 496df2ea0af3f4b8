/** Candle files: whatever stands in one is read, or refused as a `FeedError` that names the place. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCandleFile } from '../../src/feed/candle-file.ts';
import { FeedError } from '../../src/feed/feed.ts';
import type { Dice } from '../../tests/simulation/dice.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { mutatedBytes, oddTexts } from './mutate.ts';

const header = 'open_time,open,high,low,close,volume,taker_buy_volume,open_interest,open_interest_usd';
const rows = Array.from({ length: 12 }, (_, i) => `${i * 60_000},100,110,90,${100 + (i % 7)},10.5,4,${1000 + i},`);
const good = [
  `${header}\n${rows.join('\n')}\n`,
  `time_ms,open,high,low,close,volume\r\n0,1,2,0.5,1,0\r\n300000,1e-7,2,1e-8,1,3\r\n`,
].map((text) => Buffer.from(text));

export class CandleTarget implements FuzzTarget {
  readonly #directory = mkdtempSync(join(tmpdir(), 'heatline-fuzz-candles-'));

  async try(dice: Dice): Promise<string> {
    const path = join(this.#directory, 'candles.csv');
    writeFileSync(path, dice.chance(0.6) ? mutatedBytes(dice.pick(good), good, dice) : madeFile(dice));
    try {
      for await (const observations of readCandleFile(path)) {
        for (const { time } of observations) if (!Number.isFinite(time)) throw new Error(`a time of ${time}`);
      }
      return 'read';
    } catch (error) {
      if (error instanceof FeedError) return 'refused';
      throw error;
    }
  }

  close(): void {
    rmSync(this.#directory, { recursive: true });
  }
}

function madeFile(dice: Dice): string {
  const field = () => (dice.chance(0.8) ? String(dice.whole(0, 200)) : dice.pick(oddTexts));
  const line = () => Array.from({ length: dice.chance(0.9) ? 9 : dice.whole(0, 20) }, field).join(',');
  const lines = Array.from({ length: dice.whole(0, 8) }, (_, i) =>
    dice.chance(0.7) ? `${i * 60_000}${line().slice(1)}` : line(),
  );
  if (dice.chance(0.02)) lines.push('9'.repeat(dice.whole(4000, 200_000)));
  return [header, ...lines].join(dice.pick(['\n', '\r\n', '\n\n']));
}
