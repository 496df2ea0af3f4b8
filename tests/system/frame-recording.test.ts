/** Frames of a simulated venue, recorded by the tool over real sockets and played by real servers. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HealthView } from '../../src/protocol/http-view.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';
import { VenueStage } from '../support/venue-stage.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let venues: VenueStage;

beforeEach(async () => {
  directory = await temporaryDirectory();
  venues = await VenueStage.started(['BTCUSDT']);
});

afterEach(async () => {
  await venues.stop();
  await directory.dispose();
});

it.each(['bybit', 'okx'])(
  'a recording of the frames of %s plays as a source, and two servers make the same book of it',
  async (venue) => {
    const path = join(directory.path, `${venue}.frames.zst`);
    const argv = ['--venue', venue, '--symbols', 'BTCUSDT', '--out', path, '--for', '3'];
    const tool = fileURLToPath(new URL('../../src/record-tool.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [tool, ...argv], { env: venues.addresses });
    expect(stdout).toMatch(/^[1-9]\d* frames in /);
    const pictures = [];
    for (const name of ['first', 'second']) {
      const server = await ServerProcess.started({
        SOURCE: 'recorded',
        RECORDED_FILES: `BTCUSDT=${path}`,
        RECORDED_SPEED: '0',
        DATA_DIR: join(directory.path, name),
        WS_UPDATE_INTERVAL: '0.1',
      });
      await server.line('feed_exhausted');
      const client = await TestClient.subscribed(server.url, ['BTCUSDT']);
      const health = await server.json<HealthView>('/health');
      const { data, seq } = await client.snapshot((picture) => picture.seq === health.symbols.BTCUSDT!.seq);
      pictures.push({ data, seq });
      await client.close();
      await server.stop();
    }
    expect(pictures[0]!.data.levels.length).toBeGreaterThan(10);
    expect(pictures[1]).toEqual(pictures[0]);
  },
);
