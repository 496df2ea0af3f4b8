/** Candle files of a walk that stays near its beginning: the same rows every time, as many as a server cannot play to the end. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../src/feed/random.ts';

export const candleIntervalMs = 60_000;
const firstOpenTime = 1_700_000_000_000;
const startPrices: Readonly<Record<string, number>> = { BTCUSDT: 60_000, ETHUSDT: 3000, SOLUSDT: 150 };
export const candleSymbols = Object.keys(startPrices);

/** @returns path by symbol. */
export function writeCandleFiles(directory: string, rows: number): ReadonlyMap<string, string> {
  return new Map(
    candleSymbols.map((symbol) => {
      const path = join(directory, `${symbol}.csv`);
      writeFileSync(path, candleText(symbol, rows));
      return [symbol, path];
    }),
  );
}

function candleText(symbol: string, rows: number): string {
  const random = new Random(`candles-${symbol}`);
  const startPrice = startPrices[symbol]!;
  const lines = ['open_time,open,high,low,close,volume,taker_buy_volume,open_interest'];
  let price = startPrice;
  for (let row = 0; row < rows; row++) {
    const open = price;
    price *= 1 + (random.uniform() - 0.5) * 0.004 + (1 - price / startPrice) * 0.001;
    const [high, low] = [Math.max(open, price) * 1.001, Math.min(open, price) * 0.999];
    const volume = random.uniform() * 100;
    const fields = [open, high, low, price, volume, volume * random.uniform(), 50_000 + random.uniform() * 1000];
    lines.push(`${firstOpenTime + row * candleIntervalMs},${fields.map((field) => field.toFixed(3)).join()}`);
  }
  return `${lines.join('\n')}\n`;
}
