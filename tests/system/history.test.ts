/** The past of a recorded day over HTTP: at every seq what the live stream showed, in either form, from the real server. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeltaMessage, SnapshotMessage } from '../../src/protocol/server-message.ts';
import { assertAnswer } from '../support/contract.ts';
import { applied, checksumOf, type Row } from '../support/delta-client.ts';
import { available } from '../support/require-or-skip.ts';
import { projectRoot, ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

const file = join('..', 'shared', 'data', 'binance-um-BTCUSDT-1m-2025-06-12_14.csv');
const recordings = 'the recordings in ../shared/data';
const path = '/liquidations/heatmap-timeseries';
const lastCandle = Date.parse('2025-06-15T00:00:00Z');

type WholeColumn = SnapshotMessage['data'] & { timestamp: string; seq: number; checksum: number };
type ChangedColumn = DeltaMessage['data'] & { timestamp: string; seq: number; checksum: number };
interface Series<C = WholeColumn> {
  readonly data: C[];
  readonly meta: Record<string, unknown>;
}

const rowsOf = ({ levels }: WholeColumn): Row[] =>
  levels.map(({ price, long_density, short_density }) => [price, long_density, short_density]);

describe.skipIf(!available(recordings, existsSync(join(projectRoot, file))))(`with ${recordings}`, () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: ServerProcess;
  let live: readonly SnapshotMessage[];

  const settings = () => ({
    SOURCE: 'recorded',
    RECORDED_FILES: `BTCUSDT=${file}`,
    RECORDED_SPEED: '36000',
    WS_UPDATE_INTERVAL: '0.05',
    DATA_DIR: directory.path,
    LOG_HISTORY_CHECKPOINTS: '1000',
    CHECKPOINT_EVENTS: '1000',
    HISTORY_MAX_ANSWER: '32',
  });

  beforeAll(async () => {
    directory = await temporaryDirectory();
    server = await ServerProcess.started(settings());
    const client = await TestClient.subscribed(server.url, ['BTCUSDT']);
    await client.snapshot(({ market_time }) => Date.parse(market_time) === lastCandle);
    live = client.snapshots;
    await client.close();
  }, 60_000);

  afterAll(async () => {
    await server?.stop();
    await directory?.dispose();
  });

  const get = (query: string) => fetch(`${server.origin}${path}?symbol=BTCUSDT&${query}`);
  const series = async <C = WholeColumn>(query: string) => {
    const response = await get(query);
    expect(response.status).toBe(200);
    const answer = await response.json();
    assertAnswer(path, 200, answer);
    return answer as Series<C>;
  };
  const day = 'start_time=2025-06-13T00:00:00Z&end_time=2025-06-13T06:00:00Z&interval=1m';

  it('has at every seq the levels, price and checksum that the live stream had', async () => {
    const { data } = await series<ChangedColumn | WholeColumn>(
      'start_time=2025-06-12T00:00:00Z&end_time=2025-06-15T00:00:00Z&interval=1m&mode=delta',
    );
    expect(data).toHaveLength(4319);
    const bySeq = new Map(data.map((column) => [column.seq, column]));
    let compared = 0;
    for (const { seq, checksum, data: shown } of live) {
      const column = bySeq.get(seq);
      if (column === undefined) continue;
      compared++;
      expect([column.checksum, column.current_price]).toEqual([checksum, shown.current_price]);
    }
    expect(compared).toBeGreaterThan(20);
  });

  it('is the same in delta mode, in a fraction of the bytes', async () => {
    const [wholeText, deltaText] = await Promise.all(
      [`${day}`, `${day}&mode=delta`].map(async (query) => (await get(query)).text()),
    );
    const whole: Series = JSON.parse(wholeText!);
    const delta: Series<ChangedColumn | WholeColumn> = JSON.parse(deltaText!);
    expect(whole.data).toHaveLength(361);
    let rows: Row[] = [];
    for (const [i, column] of delta.data.entries()) {
      rows = 'scale' in column ? applied(rows, column) : rowsOf(column);
      expect(rows).toEqual(rowsOf(whole.data[i]!));
      expect(checksumOf(rows)).toBe(column.checksum);
    }
    expect(deltaText!.length / wholeText!.length).toBeLessThan(0.15);
  });

  it('tells the path of the price as the candles had it', async () => {
    const { data } = await series('start_time=2025-06-13T00:15:00Z&end_time=2025-06-13T00:15:00Z&interval=15m');
    // The quarter of an hour in which BTC first traded below 104,000.
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({ low: 103_938.7 });
  });

  it('split by leverage adds up to the whole, level by level', async () => {
    const at = 'start_time=2025-06-13T12:00:00Z&end_time=2025-06-13T12:00:00Z&interval=1h';
    const whole = (await series(at)).data[0]!;
    const sums = new Map<number, number>();
    for (const band of ['1', '10', '25', '50', '100']) {
      const { data, meta } = await series(`${at}&leverage=${band}`);
      expect(meta.leverage).toHaveLength(1);
      for (const { price, long_density, short_density } of data[0]!.levels) {
        sums.set(price, (sums.get(price) ?? 0) + long_density + short_density);
      }
    }
    for (const { price, long_density, short_density } of whole.levels) {
      // Each of five is rounded to a dollar, on either side.
      expect(Math.abs(sums.get(price)! - long_density - short_density)).toBeLessThanOrEqual(5);
    }
  });

  it('in coarser bins holds the same USD', async () => {
    const at = 'start_time=2025-06-13T12:00:00Z&end_time=2025-06-13T12:00:00Z&interval=1h';
    const total = ({ levels }: WholeColumn) =>
      levels.reduce((sum, { long_density, short_density }) => sum + long_density + short_density, 0);
    const [fine, coarse] = [await series(at), await series(`${at}&price_bin_size=1000`)];
    expect(total(coarse.data[0]!)).toBe(total(fine.data[0]!));
    expect(coarse.data[0]!.levels.every(({ price }) => price % 1000 === 0)).toBe(true);
    expect(coarse.meta).toMatchObject({ price_bin_size: 1000, level_step: 100 });
  });

  it('is named by a tag that outlives the server, and not sent again to whoever has it', async () => {
    const first = await get(day);
    const tag = first.headers.get('etag')!;
    const text = await first.text();
    expect(first.headers.get('cache-control')).toContain('immutable');
    await server.stop();
    server = await ServerProcess.started(settings());
    const again = await get(day);
    expect(again.headers.get('etag')).toBe(tag);
    expect(await again.text()).toBe(text);
    const url = `${server.origin}/liquidations/heatmap-timeseries?symbol=BTCUSDT&${day}`;
    expect((await fetch(url, { headers: { 'If-None-Match': tag } })).status).toBe(304);
  });

  it('that would be too large is refused with what to ask for instead, which is then answered', async () => {
    const range = 'start_time=2025-06-12T00:00:00Z&end_time=2025-06-15T00:00:00Z';
    const refused = await get(`${range}&interval=1m`);
    expect(refused.status).toBe(413);
    const { message } = (await refused.json()) as { message: string };
    assertAnswer(path, 413, { code: 'TOO_LARGE', message });
    const [, interval] = /interval=(\w+)/.exec(message)!;
    const [, bin] = /price_bin_size=(\d+)/.exec(message)!;
    for (const remedy of [`interval=1m&mode=delta`, `interval=${interval}`, `interval=1m&price_bin_size=${bin}`]) {
      const response = await get(`${range}&${remedy}`);
      expect([remedy, response.status]).toEqual([remedy, 200]);
      await response.body!.cancel();
    }
  });

  it('comes the same from several connection threads', async () => {
    const text = await (await get(day)).text();
    const own = await temporaryDirectory();
    const threaded = await ServerProcess.started({ ...settings(), DATA_DIR: own.path, WS_THREADS: '2' });
    const client = await TestClient.subscribed(threaded.url, ['BTCUSDT']);
    await client.snapshot(({ market_time }) => Date.parse(market_time) === lastCandle);
    const answer = await fetch(`${threaded.origin}/liquidations/heatmap-timeseries?symbol=BTCUSDT&${day}`);
    const epochs = /"epoch":"\w+"/;
    expect((await answer.text()).replace(epochs, '')).toBe(text.replace(epochs, ''));
    await threaded.stop();
    await own.dispose();
  });
});
