/**
 * From a book to the framed bytes of a snapshot of about 500 levels: in the worker's own code, against `JSON.stringify` of the same
 * levels, and the round trip through the pool (which adds copying the window, and waking a thread).
 */

import { evolve, initialBook } from '../src/market/book.ts';
import { copyWindow, levelsOfWindow, windowColumnsLength } from '../src/market/book-window.ts';
import type { MarketEvent } from '../src/market/event.ts';
import { batchesOf } from '../src/market/event-batch.ts';
import { levelPrice } from '../src/market/price-grid.ts';
import { viewOfBook } from '../src/market/symbol-book.ts';
import { textFrame } from '../src/protocol/websocket-frame.ts';
import type { SnapshotJob } from '../src/workers/snapshot-job.ts';
import { SnapshotPool } from '../src/workers/snapshot-pool.ts';
import { renderSnapshot } from '../src/workers/snapshot-task.ts';
import type { BenchTable } from './bench-table.ts';
import { rounds, shown } from './rounds.ts';

const range = 0.25;

export async function run({ quick }: { quick: boolean }): Promise<BenchTable[]> {
  const job = fullJob();
  const perRound = quick ? 200 : 2000;
  const pool = new SnapshotPool({ threads: 1, maxQueue: 4, timeoutMs: 5000, observe() {} });
  const timed = async (work: () => unknown) => {
    const startedAt = performance.now();
    for (let i = 0; i < perRound; i++) await work();
    return ((performance.now() - startedAt) * 1000) / perRound;
  };
  const sync = (work: () => unknown) => () => {
    const startedAt = performance.now();
    for (let i = 0; i < perRound; i++) work();
    return ((performance.now() - startedAt) * 1000) / perRound;
  };
  const result = await rounds(quick ? 3 : 7, {
    frame: sync(() => renderSnapshot(job)),
    stringify: sync(() => stringified(job)),
    deflated: sync(() => renderSnapshot({ ...job, isDeflated: true })),
    pool: () => timed(() => pool.render(job)),
  });
  await pool.close();
  const { levels, bytes, deflated } = renderSnapshot({ ...job, isDeflated: true });
  const ratio = (name: keyof typeof result) => (result[name].median / result.frame.median).toFixed(2);
  return [
    {
      title: `A snapshot of ${levels.count} levels, ${bytes.length} bytes, from the book's window to a finished frame`,
      columns: ['way', 'µs: median (min–max)', 'ratio'],
      rows: [
        ['digits written into bytes (worker)', shown(result.frame), ratio('frame')],
        ['objects, JSON.stringify, framed', shown(result.stringify), ratio('stringify')],
        [`the first and its compressed form of ${deflated!.length} bytes`, shown(result.deflated), ratio('deflated')],
        ['round trip through the pool', shown(result.pool), ratio('pool')],
      ],
      figures: {
        snapshot_levels: levels.count,
        snapshot_frame_us: result.frame.median,
        snapshot_deflated_us: result.deflated.median,
        snapshot_stringify_us: result.stringify.median,
        snapshot_pool_round_trip_us: result.pool.median,
      },
    },
  ];
}

/** A book that has seen enough prices for every level of the window to hold something. */
function fullJob(): SnapshotJob {
  const book = initialBook('BTCUSDT');
  const events: MarketEvent[] = [
    { kind: 'model_set', time: 0, id: 1, tiers: 1, ladder: 1, churn: 0.5, halfLifeMs: 86_400_000 },
    { kind: 'open_interest', time: 0, id: 1, contracts: 50_000 },
  ];
  for (let i = 1; i <= 20_000; i++) {
    const price = 100_000 + 3000 * Math.sin(i / 900) + 200 * Math.sin(i / 17);
    events.push({ kind: 'trade', time: i, id: i, price, quantity: 1, taker: i % 2 === 0 ? 'buy' : 'sell' });
  }
  for (const batch of batchesOf(events)) evolve(book, batch);
  const columns = new SharedArrayBuffer(windowColumnsLength(viewOfBook(book), range) * Float64Array.BYTES_PER_ELEMENT);
  const window = copyWindow(viewOfBook(book), range, new Float64Array(columns));
  const totals = { created: 0, consumed: 0, createdTotal: book.long.created, consumedTotal: book.long.consumed };
  const facts = {
    symbol: book.symbol,
    epoch: 'bench',
    seq: book.version,
    timestamp: 0,
    marketTime: book.time,
    currentPrice: book.price,
    levelStep: book.levelStep!,
    ...totals,
  };
  return { facts, window, columns, isDeflated: false };
}

/** The plain way to the same content. */
function stringified({ facts, window, columns }: SnapshotJob): Uint8Array {
  const levels = levelsOfWindow({ ...window, columns: new Float64Array(columns) });
  const rows = Array.from({ length: levels.count }, (_, i) => ({
    price: levelPrice(window.levelStep, levels.number[i]!),
    long_density: levels.longDensity[i]!,
    short_density: levels.shortDensity[i]!,
  }));
  const { symbol, epoch, seq, currentPrice, created, consumed, createdTotal, consumedTotal } = facts;
  const message = {
    type: 'snapshot',
    symbol,
    timestamp: new Date(facts.timestamp).toISOString(),
    epoch,
    seq,
    market_time: new Date(facts.marketTime).toISOString(),
    data: {
      levels: rows,
      current_price: currentPrice,
      positions_created_total: createdTotal,
      positions_consumed_total: consumedTotal,
      positions_created: created,
      positions_consumed: consumed,
    },
  };
  return textFrame(JSON.stringify(message));
}
