/** The main job on real input: two symbols of a recorded fall, through the real server to a real client. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HealthView } from '../../src/protocol/http-view.ts';
import type { SnapshotMessage } from '../../src/protocol/server-message.ts';
import { available } from '../support/require-or-skip.ts';
import { projectRoot, ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

const fileOf = (symbol: string) => join('..', 'shared', 'data', `binance-um-${symbol}-1m-2025-06-12_14.csv`);
const symbols = ['BTCUSDT', 'ETHUSDT'];
const areThere = symbols.every((symbol) => existsSync(join(projectRoot, fileOf(symbol))));
const recordings = 'the recordings in ../shared/data';
/** Close of the first minute in which BTC traded below 104,000 (low 103,938.7). */
const crossing = Date.parse('2025-06-13T00:15:00Z');
const lastCandle = Date.parse('2025-06-15T00:00:00Z');

describe.skipIf(!available(recordings, areThere))(`with ${recordings}`, () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: ServerProcess;
  let client: TestClient;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    server = await ServerProcess.started({
      SOURCE: 'recorded',
      RECORDED_FILES: symbols.map((symbol) => `${symbol}=${fileOf(symbol)}`).join(','),
      RECORDED_SPEED: '36000',
      WS_UPDATE_INTERVAL: '0.05',
      DATA_DIR: directory.path,
    });
    client = await TestClient.subscribed(server.url, symbols);
    const isLast = ({ market_time }: SnapshotMessage) => Date.parse(market_time) === lastCandle;
    await Promise.all(
      symbols.map((symbol) => client.snapshot((snapshot) => snapshot.symbol === symbol && isLast(snapshot))),
    );
  }, 60_000);

  afterAll(async () => {
    await server?.stop();
    await directory?.dispose();
  });

  const ofSymbol = (symbol: string) => client.snapshots.filter((snapshot) => snapshot.symbol === symbol);

  it.each(symbols)('%s streams, with seq and market time rising', (symbol) => {
    const snapshots = ofSymbol(symbol);
    expect(snapshots.length).toBeGreaterThan(20);
    for (const [i, snapshot] of snapshots.entries()) {
      const previous = snapshots[i - 1];
      if (previous === undefined) continue;
      expect(snapshot.seq).toBeGreaterThan(previous.seq);
      expect(Date.parse(snapshot.market_time)).toBeGreaterThan(Date.parse(previous.market_time));
      expect(snapshot.epoch).toBe(previous.epoch);
    }
  });

  it.each(symbols)(
    'of %s shows longs below the price and shorts above it, in rising rows that are not empty',
    (symbol) => {
      for (const { data } of ofSymbol(symbol)) {
        let lastPrice = 0;
        for (const { price, long_density, short_density } of data.levels) {
          expect(price).toBeGreaterThan(lastPrice);
          lastPrice = price;
          expect(long_density + short_density).toBeGreaterThan(0);
          if (long_density > 0) expect(price).toBeLessThanOrEqual(data.current_price);
          if (short_density > 0) expect(price).toBeGreaterThanOrEqual(data.current_price);
        }
      }
    },
  );

  it('takes the longs down to 104,000 out of the picture when BTC falls through it, and counts them', () => {
    const snapshots = ofSymbol('BTCUSDT');
    const after = snapshots.findIndex(({ market_time }) => Date.parse(market_time) >= crossing);
    const [before, fallen] = [snapshots[after - 1]!, snapshots[after]!];
    const longsFrom = ({ data }: SnapshotMessage) =>
      data.levels.filter(({ price }) => price >= 104_000).reduce((sum, { long_density }) => sum + long_density, 0);
    expect(before.data.current_price).toBeGreaterThan(104_000);
    expect(longsFrom(before)).toBeGreaterThan(0);
    // What was there is gone; a picture that comes some minutes later already holds what was opened since.
    expect(longsFrom(fallen)).toBeLessThan(0.05 * longsFrom(before));
    expect(fallen.data.positions_consumed).toBeGreaterThan(0);
    expect(fallen.data.positions_consumed_total - before.data.positions_consumed_total).toBe(
      fallen.data.positions_consumed,
    );
  });

  it('says what it assumes where the recording measured nothing', async () => {
    const health = await server.json<HealthView>('/health');
    expect(health).toMatchObject({ source: 'recorded', simulated: false });
    const assumptions = health.assumptions.BTCUSDT!.join('\n');
    expect(assumptions).toMatch(/no open interest in the source/);
    expect(assumptions).toMatch(/no mark price in the source/);
  });

  it('is done when the recording is, with every candle taken', async () => {
    expect(await server.line('feed_exhausted')).toMatchObject({ observations: 8640 });
  });
});
