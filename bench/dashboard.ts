/**
 * The dashboard in Chromium for ten minutes, with 2,000 columns of 1,000 price levels and one update a second: the time from frame to frame
 * and the heap after each minute. Every other minute the chart is panned and pointed at on every frame; in the others it is only looked at.
 * The server has one core to itself.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type CDPSession, chromium, type Page } from 'playwright-core';
import type { ChartView } from '../public/dashboard/chart-view.ts';
import type { Feed } from '../public/dashboard/feed.ts';
import type { BenchTable } from './bench-table.ts';
import { LineProcess } from './line-process.ts';
import { Demands, demandColumns } from './scenario/demands.ts';

declare const heatline: { view: ChartView; feed: Feed };

const columns = 2000;
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

interface Phase {
  readonly isPanned: boolean;
  /** ms from each frame to the next. */
  readonly intervals: readonly number[];
  /** Of the page's main thread, ms a frame. */
  readonly cpuMs: number;
  readonly heapMb: number;
}

export async function run({ quick }: { quick: boolean }): Promise<BenchTable[]> {
  const phaseMs = quick ? 4000 : 60_000;
  const directory = await mkdtemp(join(tmpdir(), 'heatline-bench-'));
  const flags = ['--port=0', '--host=127.0.0.1', `--data-dir=${directory}`, '--ws-update-interval=1'];
  // Half the price on either side, in steps of a thousandth: a thousand levels.
  const market = [`--simulated-history=${Math.ceil(columns / 60) + 1}`, '--snapshot-range=0.5'];
  const server = new LineProcess(0, [process.execPath, main, ...flags, ...market]);
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1500, height: 900 } });
    await page.goto(`http://127.0.0.1:${await portOf(server)}/`);
    const levels = await fill(page);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable');
    const phases: Phase[] = [];
    for (let i = 0; i < (quick ? 2 : 10); i++) {
      process.stderr.write(`minute ${i + 1} …\n`);
      phases.push(await measured(page, cdp, phaseMs, i % 2 === 1));
    }
    return [table(phases, levels, phaseMs)];
  } finally {
    await browser.close();
    await server.end();
    await rm(directory, { recursive: true, force: true });
  }
}

async function portOf(server: LineProcess): Promise<number> {
  for (;;) {
    const line = JSON.parse(await server.line()) as { event?: string; port?: number };
    if (line.event !== 'ready') continue;
    server.drain();
    return line.port!;
  }
}

/** @returns rows of the grid. */
async function fill(page: Page): Promise<number> {
  // The simulated past has to be made first.
  await page.waitForFunction(async () => {
    const { symbols } = await (await fetch('/health')).json();
    return Date.now() - Date.parse(symbols.BTCUSDT.market_time) < 60_000;
  });
  return page.evaluate(async (count) => {
    await heatline.feed.show({
      symbol: 'BTCUSDT',
      rangeMs: count * 60_000,
      interval: '1m',
      intervalMs: 60_000,
      binSize: null,
      leverage: null,
    });
    return heatline.view.grid!.levelRoom;
  }, columns);
}

async function measured(page: Page, cdp: CDPSession, phaseMs: number, isPanned: boolean): Promise<Phase> {
  const cpu = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')!.value * 1000;
  };
  const before = await cpu();
  const intervals = await page.evaluate(watchFrames, { phaseMs, isPanned });
  const used = (await cpu()) - before;
  await cdp.send('HeapProfiler.collectGarbage');
  // Weak things go in a second round.
  await setTimeout(200);
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  return { isPanned, intervals, cpuMs: used / intervals.length, heapMb: usedSize / 1e6 };
}

/** Runs in the page. */
function watchFrames({ phaseMs, isPanned }: { phaseMs: number; isPanned: boolean }): Promise<number[]> {
  const { view } = heatline;
  const chart = document.getElementById('chart')!;
  const box = chart.getBoundingClientRect();
  return new Promise((resolve) => {
    const intervals: number[] = [];
    let startedAt = 0;
    let last = 0;
    const frame = (now: number) => {
      if (last === 0) startedAt = now;
      else intervals.push(now - last);
      last = now;
      if (now - startedAt >= phaseMs) return resolve(intervals);
      if (isPanned) {
        const turn = (now - startedAt) / 1000;
        const middle = view.columns.length / 2;
        const half = middle * (0.6 + 0.3 * Math.sin(turn / 3));
        const shift = middle * 0.3 * Math.sin(turn);
        view.chart.timeScale().setVisibleLogicalRange({ from: middle - half + shift, to: middle + half + shift });
        const place = {
          clientX: box.x + box.width * (0.5 + 0.3 * Math.sin(turn * 2)),
          clientY: box.y + box.height / 2,
        };
        const target = document.elementFromPoint(place.clientX, place.clientY)!;
        target.dispatchEvent(new MouseEvent('mousemove', { ...place, bubbles: true }));
      }
      requestAnimationFrame(frame);
    };
    if (!isPanned) view.fit();
    requestAnimationFrame(frame);
  });
}

function table(phases: readonly Phase[], levels: number, phaseMs: number): BenchTable {
  const demands = new Demands();
  // The page's clock is coarse; frames come with the display, so each interval is a whole number of its own.
  const frameMs = 1000 / 60;
  const whole = (chosen: readonly Phase[]) =>
    Float64Array.from(
      chosen.flatMap(({ intervals }) => intervals),
      (ms) => Math.round(ms / frameMs),
    ).sort();
  const percentile = (chosen: readonly Phase[], share: number) => {
    const sorted = whole(chosen);
    return (sorted[Math.floor(sorted.length * share)] ?? Number.NaN) * frameMs;
  };
  const late = (chosen: readonly Phase[]) => {
    const all = whole(chosen);
    return `${((all.filter((frames) => frames > 1).length / all.length) * 100).toFixed(2)} %`;
  };
  const median = (chosen: readonly Phase[]) =>
    [...chosen].sort((a, b) => a.cpuMs - b.cpuMs)[Math.floor(chosen.length / 2)]!.cpuMs.toFixed(1);
  const watched = phases.filter(({ isPanned }) => !isPanned);
  const panned = phases.filter(({ isPanned }) => isPanned);
  demands.atMost('p95 from frame to frame, watched', percentile(watched, 0.95), 16.7, 'ms');
  demands.atMost('p95 from frame to frame, panned and pointed at', percentile(panned, 0.95), 16.7, 'ms');
  demands.note('frames that came late', `${late(watched)} watched, ${late(panned)} panned`);
  demands.note(
    'p99.9',
    `${percentile(watched, 0.999).toFixed(0)} ms watched, ${percentile(panned, 0.999).toFixed(0)} ms panned`,
  );
  demands.note("the page's main thread a frame, median", `${median(watched)} ms watched, ${median(panned)} ms panned`);
  const heaps = phases.map(({ heapMb }) => heapMb);
  demands.atMost('heap at the end, against after the first minute', heaps.at(-1)! / heaps[0]!, 1.1, '×');
  demands.note('heap after each minute', `${heaps.map((mb) => mb.toFixed(1)).join(' ')} MB`);
  const figures = {
    watched: percentile(watched, 0.95),
    panned: percentile(panned, 0.95),
    heap: heaps.at(-1)! / heaps[0]!,
  };
  const { rows, misses } = demands;
  const title = `Dashboard, ${columns} columns × ${levels} levels, ${phases.length} × ${phaseMs / 1000} s`;
  return { title, columns: demandColumns, rows, figures, misses };
}
