/**
 * Events per second through `evolve`, with 40 rungs: trades as they come from a venue (a mark each second, open interest each ten),
 * and candles; beside the plain way, cohorts as objects by price, on the same events.
 */
import { evolve, initialBook } from '../src/market/book.ts';
import { allocateBatch, type EventBatch, kindCodes, maxBatchEvents } from '../src/market/event-batch.ts';
import { ladderParameters, leverageLadder } from '../src/market/leverage-ladder.ts';
import { marginTierSet, tiersOf } from '../src/market/margin-tiers.ts';
import type { BenchTable } from './bench-table.ts';
import { rounds, shown } from './rounds.ts';

const tradesPerSecond = 20;
const churn = 0.5;

export async function run({ quick }: { quick: boolean }): Promise<BenchTable[]> {
  const trades = tradeBatches(quick ? 100_000 : 1_000_000);
  const candles = candleBatches(quick ? 50_000 : 400_000);
  const rate = (batches: EventBatch[], work: (batches: EventBatch[]) => void) => () => {
    const startedAt = performance.now();
    work(batches);
    return eventsOf(batches) / ((performance.now() - startedAt) * 1000);
  };
  const fold = (batches: EventBatch[]) => {
    const book = initialBook('BTCUSDT');
    for (const batch of batches) evolve(book, batch);
  };
  // The plain way takes seconds for what the book does in one, so it is given the first tenth of the events.
  const someTrades = trades.slice(0, Math.ceil(trades.length / 10));
  const result = await rounds(quick ? 3 : 7, {
    trades: rate(trades, fold),
    candles: rate(candles, fold),
    objects: rate(someTrades, foldObjects),
  });
  const ratio = (name: 'trades' | 'candles' | 'objects') => (result.trades.median / result[name].median).toFixed(1);
  return [
    {
      title: 'Folding events into a book, 40 rungs, one core',
      columns: ['way', 'million events/s: median (min–max)', 'times slower'],
      rows: [
        ['trades, columns', shown(result.trades), ratio('trades')],
        ['candles, columns (both sides open)', shown(result.candles), ratio('candles')],
        ['trades, cohorts as objects in a Map', shown(result.objects), ratio('objects')],
      ],
      figures: {
        fold_trades_per_second: result.trades.median * 1e6,
        fold_candles_per_second: result.candles.median * 1e6,
        fold_objects_per_second: result.objects.median * 1e6,
      },
    },
  ];
}

function eventsOf(batches: readonly EventBatch[]): number {
  return batches.reduce((sum, { count }) => sum + count, 0);
}

/** A walk that stays near its beginning, from a generator whose numbers are the same in every run. */
function walk(deviation: number): () => number {
  let state = 20_260_101;
  let price = 100_000;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    price *= 1 + (state / 0x7fffffff - 0.5) * deviation;
    price += (100_000 - price) * 1e-5;
    return price;
  };
}

function collect(events: number, write: (batch: EventBatch, row: number, n: number) => void): EventBatch[] {
  const batches: EventBatch[] = [];
  for (let n = 0; n < events; n += maxBatchEvents) {
    const batch = allocateBatch(Math.min(maxBatchEvents, events - n));
    for (let row = 0; row < batch.count; row++) write(batch, row, n + row);
    batches.push(batch);
  }
  return batches;
}

function begin(batch: EventBatch, row: number): void {
  batch.kind[row] = kindCodes.model_set;
  batch.a[row] = 1;
  batch.b[row] = 1;
  batch.c[row] = churn;
  batch.d[row] = 86_400_000;
}

function tradeBatches(events: number): EventBatch[] {
  const next = walk(2e-4);
  return collect(events, (batch, row, n) => {
    const price = next();
    batch.time[row] = 1000 + Math.floor((n * 1000) / tradesPerSecond);
    batch.id[row] = n + 1;
    if (n === 0) begin(batch, row);
    else if (n % (10 * tradesPerSecond) === 1) {
      batch.kind[row] = kindCodes.open_interest;
      batch.a[row] = 50_000 + 100 * Math.sin(n / 1e5);
    } else if (n % tradesPerSecond === 2) {
      batch.kind[row] = kindCodes.mark_price;
      batch.a[row] = price;
    } else {
      batch.kind[row] = kindCodes.trade;
      batch.a[row] = price;
      batch.b[row] = 0.5;
      batch.side[row] = n & 1;
    }
  });
}

function candleBatches(events: number): EventBatch[] {
  const next = walk(2e-3);
  return collect(events, (batch, row, n) => {
    const price = next();
    batch.time[row] = n * 60_000;
    batch.id[row] = n + 1;
    if (n === 0) {
      begin(batch, row);
      return;
    }
    batch.kind[row] = kindCodes.candle;
    batch.a[row] = price;
    batch.b[row] = price * 1.0005;
    batch.c[row] = price * 0.9995;
    batch.d[row] = price;
    batch.e[row] = 100;
    batch.f[row] = 45;
  });
}

interface Cohort {
  contracts: number;
  count: number;
}

/** What one would write first: a Map from price to cohort a side, an object a cohort, a loop over the side to close. */
function foldObjects(batches: readonly EventBatch[]): void {
  const ladder = leverageLadder(ladderParameters(1)!, tiersOf(marginTierSet(1)!, 'BTCUSDT'));
  const sides = { long: new Map<number, Cohort>(), short: new Map<number, Cohort>() };
  const totals = { long: 0, short: 0 };
  let openInterest = 0;
  for (const batch of batches) {
    for (let i = 0; i < batch.count; i++) {
      const price = batch.a[i]!;
      if (batch.kind[i] === kindCodes.open_interest) openInterest = price;
      if (batch.kind[i] === kindCodes.mark_price) {
        for (const level of sides.long.keys()) if (level >= price) sides.long.delete(level);
        for (const level of sides.short.keys()) if (level <= price) sides.short.delete(level);
      }
      if (batch.kind[i] !== kindCodes.trade) continue;
      const name = batch.side[i] === 1 ? 'long' : 'short';
      const side = sides[name];
      const opened = batch.b[i]! * (1 - churn);
      for (let rung = 0; rung < ladder.weight.length; rung++) {
        const level = Math.round((price * ladder[name][rung]!) / 20) * 20;
        const cohort = side.get(level) ?? { contracts: 0, count: 0 };
        cohort.contracts += opened * ladder.weight[rung]!;
        cohort.count++;
        side.set(level, cohort);
      }
      totals[name] += opened;
      if (totals[name] > openInterest && openInterest > 0) {
        const kept = openInterest / totals[name];
        for (const cohort of side.values()) cohort.contracts *= kept;
        totals[name] = openInterest;
      }
    }
  }
}
