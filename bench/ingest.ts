/**
 * A venue's flood through the real server: frames of 600 symbols over WebSocket, decoded, committed, folded and shown to a hundred
 * clients, with venue, server and clients in processes of their own on the same cores. And how near decoding comes to `JSON.parse`
 * of the same frames, which is its limit.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MetricText } from '../src/doctor/metric-text.ts';
import { binanceDecoder } from '../src/feed/venues/binance-decoder.ts';
import { bybitDecoder } from '../src/feed/venues/bybit-decoder.ts';
import type { FrameDecoder } from '../src/feed/venues/decoded-frame.ts';
import { okxDecoder } from '../src/feed/venues/okx-decoder.ts';
import type { VenueName } from '../src/market/venues.ts';
import type { HealthView } from '../src/protocol/http-view.ts';
import { ServerProcess } from '../tests/support/server-process.ts';
import { VenueMarket } from '../tests/support/venue-market.ts';
import { venueProtocols } from '../tests/support/venue-protocols.ts';
import type { BenchTable } from './bench-table.ts';
import { PictureListener } from './ingest/picture-listener.ts';
import { LineProcess } from './line-process.ts';
import { rounds, shown } from './rounds.ts';
import { Demands, demandColumns } from './scenario/demands.ts';
import { residentKb } from './scenario/resident.ts';

const symbolCount = 600;
const clientCount = 100;
/** Symbols that clients watch; most watch the same few. */
const watchedCount = 10;
const maxLagMs = 250;
const maxResidentMb = 1024;
/** Base units of a contract, of the symbols whose frames are decoded. */
const okxSizes: ReadonlyMap<string, number> = new Map([
  ['BTCUSDT', 0.001],
  ['ETHUSDT', 0.001],
]);

export async function run({ quick }: { quick: boolean }): Promise<BenchTable[]> {
  return [await decoding(quick), await flood(quick)];
}

async function decoding(quick: boolean): Promise<BenchTable> {
  const seconds = quick ? 20 : 200;
  const sets = {
    binance: framesOf('binance', seconds),
    bybit: framesOf('bybit', seconds),
    okx: framesOf('okx', seconds),
  };
  const rate = (frames: readonly string[], work: (frame: string) => unknown) => () => {
    const startedAt = performance.now();
    for (const frame of frames) work(frame);
    return frames.length / ((performance.now() - startedAt) / 1000);
  };
  const decoded = (frames: readonly string[], newDecoder: () => FrameDecoder) => () => rate(frames, newDecoder())();
  const result = await rounds(quick ? 3 : 7, {
    'binance decoder': decoded(sets.binance, binanceDecoder),
    'binance JSON.parse': rate(sets.binance, JSON.parse),
    'bybit decoder': decoded(sets.bybit, bybitDecoder),
    'bybit JSON.parse': rate(sets.bybit, JSON.parse),
    'okx decoder': decoded(sets.okx, () => okxDecoder(() => okxSizes)),
    'okx JSON.parse': rate(sets.okx, JSON.parse),
  });
  const share = (venue: VenueName) => result[`${venue} decoder`].median / result[`${venue} JSON.parse`].median;
  return {
    title: 'Decoding frames, one core (trades, marks, liquidations as the venues send them)',
    columns: ['venue', 'decoded: frames/s, median (min–max)', 'JSON.parse alone', 'share of the limit'],
    rows: (['binance', 'bybit', 'okx'] as const).map((venue) => [
      venue,
      shown(result[`${venue} decoder`]),
      shown(result[`${venue} JSON.parse`]),
      share(venue).toFixed(2),
    ]),
    figures: {
      ingest_binance_frames_per_second: result['binance decoder'].median,
      ingest_bybit_frames_per_second: result['bybit decoder'].median,
      ingest_okx_frames_per_second: result['okx decoder'].median,
    },
  };
}

function framesOf(venue: VenueName, seconds: number): string[] {
  const startTime = Date.parse('2026-03-01T00:00:00Z');
  const market = new VenueMarket({
    venue,
    symbols: [...okxSizes.keys()],
    seed: 'ingest',
    startTime,
    tradesPerSecond: 40,
  });
  const protocol = venueProtocols[venue];
  const frames: string[] = [];
  for (let time = startTime; time < startTime + seconds * 1000; time += 20) {
    frames.push(...protocol.frames(market.advanceTo(time), time).map(({ text }) => text));
  }
  return frames;
}

async function flood(quick: boolean): Promise<BenchTable> {
  const directory = mkdtempSync(join(tmpdir(), 'heatline-ingest-'));
  const symbols = Array.from({ length: symbolCount }, (_, i) => `COIN${i}USDT`);
  const source = new LineProcess(0, [
    process.execPath,
    fileURLToPath(new URL('ingest/venue-source.ts', import.meta.url)),
  ]);
  const listener = new PictureListener();
  const demands = new Demands();
  let server: ServerProcess | null = null;
  try {
    const [, port] = (await source.line()).split(' ');
    server = await ServerProcess.started({
      SOURCE: 'live',
      VENUES: 'binance',
      VENUE_BINANCE_STREAM: `ws://127.0.0.1:${port}`,
      VENUE_BINANCE_REST: `http://127.0.0.1:${port}`,
      SYMBOLS: symbols.join(','),
      DATA_DIR: directory,
      WS_UPDATE_INTERVAL: '0.1',
      VENUE_OPEN_INTEREST: '3600',
      LOG_LEVEL: 'info',
      WS_MAX_CONNECTIONS_PER_ADDRESS: '1000',
      WS_MAX_HANDSHAKES_PER_SECOND: '1000',
      WS_HANDSHAKE_BURST: '1000',
      WS_MAX_LOOP_LAG: '10',
    });
    const health = () => server!.json<HealthView>('/health');
    while ((await health()).venues?.binance?.connected !== true) await setTimeout(100);
    await source.ask(`rate ${symbolCount * 2}`);
    while (Object.values((await health()).symbols).some(({ current_price }) => current_price === null))
      await setTimeout(100);
    const watched = symbols.slice(0, watchedCount);
    await source.ask(`watch ${watched.join(' ')}`);
    const lags = async () => listener.take(await source.askJson<Record<string, number[]>>('times'));
    await listener.open(server.url, clientCount, watched);
    const phases = [
      { rate: 20_000, seconds: quick ? 10 : 60 },
      { rate: 50_000, seconds: quick ? 3 : 10 },
    ];
    demands.note('resident memory before the flood', `${Math.round(residentKb(server.pid) / 1024)} MB`);
    let peakMb = 0;
    for (const { rate, seconds } of phases) {
      await setTimeout(2000);
      await lags();
      const told = new MetricText(await server.text('/metrics'));
      const before = Number(await source.ask(`rate ${rate}`));
      for (let s = 0; s < seconds; s++) {
        await setTimeout(1000);
        peakMb = Math.max(peakMb, residentKb(server.pid) / 1024);
      }
      const sent = Number(await source.ask(`rate ${symbolCount * 2}`)) - before;
      // What was sent last must be in a picture to be counted.
      await setTimeout(1000);
      const { p50, p99, count } = await lags();
      demands.note(`${rate} events/s for ${seconds} s: sent`, `${Math.round(sent / seconds)} a second`);
      demands.atMost(`${rate} events/s: event → frame, p99`, p99, maxLagMs, 'ms');
      demands.note(`${rate} events/s: event → frame, p50`, `${p50.toFixed(0)} ms (${count} events seen by clients)`);
      demands.note(
        `${rate} events/s: by stage, p50 / p99`,
        stages(told, new MetricText(await server.text('/metrics'))),
      );
    }
    const sent = Number(await source.ask('rate 0'));
    const heard = await allHeard(health);
    const { venues, symbols: books } = await health();
    const folded = Object.values(books).reduce((sum, { seq }) => sum + seq, 0);
    demands.note('events sent, facts in the books', `${sent}, ${heard}`);
    demands.equal('gaps and facts let go', venues!.binance!.gaps_found + venues!.binance!.overflowed, 0);
    demands.equal('events sent that are in no book', Math.max(sent - folded, 0), 0);
    demands.atMost('resident memory of the server', peakMb, maxResidentMb, 'MB');
    demands.note('pictures received', String(listener.frames));
  } finally {
    listener.close();
    await server?.stop('SIGKILL');
    await source.end();
    rmSync(directory, { recursive: true, force: true });
  }
  return {
    title: `A venue’s flood: ${symbolCount} symbols, ${clientCount} clients of ${watchedCount} symbols, pictures every 100 ms`,
    columns: demandColumns,
    rows: demands.rows,
    figures: {},
    misses: demands.misses,
  };
}

/** Bounds of the buckets in which half and all but a hundredth of the server's own measurements lie. */
function stages(before: MetricText, after: MetricText): string {
  const name = 'heatline_stage_seconds';
  const bound = (stage: string, share: number) =>
    `${Math.round((after.quantileSince(before, name, share, { stage }) ?? Number.NaN) * 1000)}`;
  return after
    .valuesOf('stage', `${name}_bucket`)
    .map((stage) => `${stage} ≤ ${bound(stage, 0.5)} / ${bound(stage, 0.99)} ms`)
    .join(', ');
}

/** Facts in all books when none waits any more. */
async function allHeard(health: () => Promise<HealthView>): Promise<number> {
  for (;;) {
    await setTimeout(2000);
    const { symbols, venues } = await health();
    if (venues!.binance!.waiting === 0) return Object.values(symbols).reduce((sum, { seq }) => sum + seq, 0);
  }
}
