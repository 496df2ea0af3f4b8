/**
 * Days of one symbol as a venue sends them: twenty trades a second, a mark price each second, open interest each ten, at a price that
 * walks at random. So rungs are placed all over the book and a moving mark sweeps them, as in life.
 *
 * The stream begins as a recorded one does that gets trades from then on: the model, then one candle, which is also all there is in
 * the candle file of the source. A server that resumes from it finds the candle known and adds nothing.
 */
import { Random } from '../../src/feed/random.ts';
import { simulatedSettings } from '../../src/feed/simulated-settings.ts';
import {
  allocateBatch,
  batchFromEvents,
  type EventBatch,
  kindCodes,
  maxBatchEvents,
} from '../../src/market/event-batch.ts';
import { latestMarginTiersVersion } from '../../src/market/margin-tiers.ts';

export const symbol = 'BTCUSDT';
const seed = 'recovery';
const startMs = Date.UTC(2026, 0, 1);
const minuteMs = 60_000;
const tradesPerSecond = 20;
const marketSettings = simulatedSettings(symbol);
const { startPrice, openInterest, dailyTurnover, dailyVolatility } = marketSettings;
const interestEveryMs = 10_000;
const tradesPerInterest = (tradesPerSecond * interestEveryMs) / 1000;
/**
 * Deviation of a change of open interest, of the volume since the last one. The volume is what changes it; were this near 1, the fold
 * would take trades for the ones behind the change and place nothing.
 */
const interestChangeShare = 0.1;
const tradesPerDay = tradesPerSecond * 86_400;
const priceUnit = 10 ** marketSettings.priceDecimals;
const quantityUnit = 10 ** marketSettings.quantityDecimals;

/** Full of events but for the last one. */
export function marketBatches(events: number): readonly EventBatch[] {
  const batches = [firstBatch()];
  const nextRow = marketRows();
  // No kind that follows fills these columns, so all batches share the zeros: 10 million events then take 340 MB.
  const zeros = new Float64Array(maxBatchEvents);
  for (let n = batches[0]!.count; n < events; n += batches.at(-1)!.count) {
    const count = Math.min(maxBatchEvents, events - n);
    const rest = zeros.subarray(0, count);
    const batch = { ...allocateBatch(count), c: rest, d: rest, e: rest, f: rest };
    for (let row = 0; row < count; row++) nextRow(batch, row);
    batches.push(batch);
  }
  return batches;
}

/** What the recorded source is given to read. */
export function candleFile(): string {
  const fields = [startMs - minuteMs, startPrice, startPrice, startPrice, startPrice, 1, 0.5];
  return `open_time,open,high,low,close,volume,taker_buy_volume\n${fields.join(',')}\n`;
}

function firstBatch(): EventBatch {
  const model = { tiers: latestMarginTiersVersion, ladder: 1, churn: 0.5, halfLifeMs: 86_400_000 };
  const prices = { open: startPrice, high: startPrice, low: startPrice, close: startPrice };
  return batchFromEvents([
    { kind: 'model_set', time: startMs, id: 1, ...model },
    { kind: 'candle', time: startMs, id: startMs - minuteMs, ...prices, volume: 1, takerBuyVolume: 0.5 },
  ]);
}

/** Writes the market's next event into a row of a batch. */
function marketRows(): (batch: EventBatch, row: number) => void {
  const random = new Random(seed);
  const deviation = dailyVolatility / Math.sqrt(tradesPerDay);
  const meanQuantity = (openInterest * dailyTurnover) / tradesPerDay;
  let price = startPrice;
  let contracts = openInterest;
  let elapsedMs = 0;
  let trades = 0;
  let nextMarkMs = 0;
  let nextInterestMs = 0;
  return (batch, row) => {
    if (elapsedMs >= nextMarkMs) {
      write(batch, row, 'mark_price', startMs + nextMarkMs, startMs + nextMarkMs, rounded(price, priceUnit));
      nextMarkMs += 1000;
      return;
    }
    if (elapsedMs >= nextInterestMs) {
      contracts += interestChangeShare * meanQuantity * tradesPerInterest * random.normal();
      const time = startMs + nextInterestMs;
      write(batch, row, 'open_interest', time, time, rounded(contracts, quantityUnit));
      nextInterestMs += interestEveryMs;
      return;
    }
    price *= 1 + deviation * random.normal();
    const quantity = meanQuantity * -Math.log(1 - random.uniform());
    write(batch, row, 'trade', startMs + Math.floor(elapsedMs), ++trades, rounded(price, priceUnit));
    batch.b[row] = Math.max(rounded(quantity, quantityUnit), 1 / quantityUnit);
    batch.side[row] = random.uniform() < 0.5 ? 1 : 0;
    elapsedMs += (-Math.log(1 - random.uniform()) * 1000) / tradesPerSecond;
  };
}

function write(batch: EventBatch, row: number, kind: keyof typeof kindCodes, time: number, id: number, a: number) {
  batch.kind[row] = kindCodes[kind];
  batch.time[row] = time;
  batch.id[row] = id;
  batch.a[row] = a;
}

function rounded(value: number, unit: number): number {
  return Math.round(value * unit) / unit;
}

export function eventsOf(batches: readonly EventBatch[]): number {
  return batches.reduce((sum, { count }) => sum + count, 0);
}
