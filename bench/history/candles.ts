/** Candles of a market that there never was, as a file that the server can play. */
import { writeFileSync } from 'node:fs';
import { Random } from '../../src/feed/random.ts';

export interface CandleOptions {
  readonly seed: string;
  /** USD. */
  readonly price: number;
  /** Open time of the first, ms. */
  readonly begin: number;
  readonly minutes: number;
}

const minuteMs = 60_000;

export function writeCandles(path: string, { seed, price: first, begin, minutes }: CandleOptions): void {
  const random = new Random(`candles-${seed}`);
  const lines = ['open_time,open,high,low,close,volume,taker_buy_volume'];
  let price = first;
  for (let minute = 0; minute < minutes; minute++) {
    const open = price;
    const steps = Array.from({ length: 6 }, () => {
      price *= 1 + (random.uniform() - 0.5) * 0.0008;
      return price;
    });
    const high = Math.max(open, ...steps);
    const low = Math.min(open, ...steps);
    const volume = 20 + random.uniform() * 300;
    const numbers = [open, high, low, price, volume, volume * random.uniform()].map((value) => value.toFixed(3));
    lines.push([begin + minute * minuteMs, ...numbers].join(','));
  }
  writeFileSync(path, `${lines.join('\n')}\n`);
}
