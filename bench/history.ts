/**
 * Questions about the past, put to the real server: three days by the minute of two symbols, cold and kept; and what ten of them at a time
 * cost the live stream. Candles are made here, seeded: a random walk with the volume of a busy market.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BenchTable } from './bench-table.ts';
import { writeCandles } from './history/candles.ts';
import { HistoryServer } from './history/history-server.ts';
import { shown, spreadOf } from './rounds.ts';
import { Demands, demandColumns } from './scenario/demands.ts';

const minute = 60_000;
const begin = Date.parse('2025-06-12T00:00:00Z');
const symbols = ['BTCUSDT', 'ETHUSDT'];
const minutes = 3 * 1440;

export async function run({ quick }: { quick: boolean }): Promise<BenchTable[]> {
  const directory = mkdtempSync(fileURLToPath(new URL('../.bench-', import.meta.url)));
  try {
    return [await answers(directory, quick), await besideLive(directory, quick)];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Each round asks for a range that begins a minute later, so that nothing of it is kept yet. */
async function answers(directory: string, quick: boolean): Promise<BenchTable> {
  const files = symbols.map((symbol, i) => {
    const path = `${directory}/${symbol}.csv`;
    writeCandles(path, { seed: symbol, price: i === 0 ? 108_000 : 2700, begin, minutes: minutes + 2 });
    return `${symbol}=${path}`;
  });
  await using server = await HistoryServer.begin(null, {
    DATA_DIR: `${directory}/recorded`,
    SOURCE: 'recorded',
    RECORDED_FILES: files.join(','),
    RECORDED_SPEED: '0',
    HISTORY_THREADS: '2',
  });
  await server.hasPlayed(symbols, begin + (minutes + 2) * minute);
  const rounds = quick ? 3 : 9;
  const figures: Record<string, number[]> = {
    'delta cold': [],
    'delta kept': [],
    'snapshot cold': [],
    'snapshot kept': [],
  };
  let megabytes = 0;
  // Two that do not count: workers and compilers warm up.
  for (let round = -2; round < rounds; round++) {
    for (const mode of ['delta', 'snapshot']) {
      const coarse = mode === 'delta' ? '' : '&price_bin_size=';
      const query = (symbol: string) => {
        const bin = coarse === '' ? '' : `${coarse}${symbol === 'BTCUSDT' ? 1000 : 50}`;
        return `symbol=${symbol}&interval=1m&mode=${mode}${bin}&start_time=${begin + (round + 3) * minute}&end_time=${begin + minutes * minute}`;
      };
      for (const which of ['cold', 'kept']) {
        const startedAt = performance.now();
        const sizes = await Promise.all(symbols.map((symbol) => server.history(query(symbol))));
        if (round < 0) continue;
        figures[`${mode} ${which}`]!.push(performance.now() - startedAt);
        if (mode === 'delta') megabytes = sizes.reduce((sum, bytes) => sum + bytes, 0) / 1e6;
      }
    }
  }
  const spread = (name: string) => spreadOf(figures[name]!);
  const demands = new Demands();
  const wide = quick ? 10 : 1;
  demands.atMost('default step, delta mode, cold', spread('delta cold').median, 300 * wide, 'ms');
  demands.atMost('default step, delta mode, kept', spread('delta kept').median, 20 * wide, 'ms');
  for (const name of Object.keys(figures)) demands.note(`${name}, ms`, shown(spread(name)));
  demands.note(
    'both answers in delta mode',
    `${megabytes.toFixed(1)} MB (snapshot mode is asked in ten times coarser bins)`,
  );
  return {
    title: `${symbols.length} symbols × ${minutes} minutes, asked at once, whole answers read`,
    columns: demandColumns,
    rows: demands.rows,
    figures: { history_cold_ms: spread('delta cold').median, history_kept_ms: spread('delta kept').median },
    misses: demands.misses,
  };
}

/** Server on one core with all its workers, clients and questions on the other. */
async function besideLive(directory: string, quick: boolean): Promise<BenchTable> {
  const phaseMs = quick ? 5000 : 30_000;
  const clients = quick ? 20 : 100;
  await using server = await HistoryServer.begin(0, {
    DATA_DIR: `${directory}/live`,
    SIMULATED_HISTORY: '72',
    WS_UPDATE_INTERVAL: '0.1',
    HISTORY_CACHE: '0',
  });
  await using load = await server.clients(1, clients);
  await load.report();
  const p99s: Record<'alone' | 'beside', number[]> = { alone: [], beside: [] };
  let questions = 0;
  for (let round = 0; round < (quick ? 1 : 3); round++) {
    await setTimeout(phaseMs);
    p99s.alone.push((await load.report()).p99);
    questions += await load.asking(10, phaseMs);
    p99s.beside.push((await load.report()).p99);
  }
  const [alone, beside] = [spreadOf(p99s.alone), spreadOf(p99s.beside)];
  const demands = new Demands();
  demands.atMost('p99 of the live age, against no questions', beside.median / alone.median, quick ? 3 : 1.1, '×');
  demands.note('p99 alone, ms', shown(alone));
  demands.note('p99 beside ten questions at a time, ms', shown(beside));
  demands.note('different questions answered (24 hours by the minute)', String(questions));
  return {
    title: `${clients} live clients beside ten questions at a time, server with its workers on one core`,
    columns: demandColumns,
    rows: demands.rows,
    figures: { history_live_p99_ratio: beside.median / alone.median },
    misses: demands.misses,
  };
}
