/** A disk that is full: the server goes on with what it has, says so, and goes on taking in when there is room. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HealthView } from '../../src/protocol/http-view.ts';
import { available } from '../support/require-or-skip.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

const isRoot = available('root', process.getuid?.() === 0);

describe.skipIf(!isRoot)('on a full disk', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let disk: string;
  let server: ServerProcess;

  beforeEach(async () => {
    directory = await temporaryDirectory();
    disk = join(directory.path, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk]);
    server = await ServerProcess.started({
      DATA_DIR: join(disk, 'data'),
      WS_UPDATE_INTERVAL: '1',
      SIMULATED_HISTORY: '0',
    });
  });

  afterEach(async () => {
    server.signal('SIGKILL');
    await server.exited;
    execFileSync('umount', [disk]);
    await directory.dispose();
  });

  const filler = () => join(disk, 'filler');
  const fill = () => {
    const { bavail, bsize } = statfsSync(disk);
    try {
      writeFileSync(filler(), Buffer.alloc(bavail * bsize));
    } catch (error) {
      // The server took some of it meanwhile: full is full.
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  };
  const health = () => server.json<HealthView>('/health/ready');

  it('says so, serves on, and takes in again when there is room, without a restart', async () => {
    const client = await TestClient.subscribed(server.url, ['BTCUSDT']);
    const delta = await TestClient.subscribed(server.url, ['BTCUSDT'], { mode: 'delta' });
    const { epoch } = await client.snapshot();
    fill();
    await server.line('log_stalled');
    const stale = await client.snapshot((snapshot) => snapshot.stale === true);
    expect((await delta.snapshot((snapshot) => snapshot.stale === true)).seq).toBe(stale.seq);
    const stalled = await health();
    expect(stalled.status).toBe('degraded');
    expect(stalled.problems.join()).toMatch(/stands still: .*see whether the disk is full/);
    const late = await TestClient.subscribed(server.url, ['BTCUSDT']);
    const shown = await late.snapshot();
    expect(shown).toMatchObject({ stale: true, seq: stale.seq, checksum: stale.checksum });
    rmSync(filler());
    await server.line('log_resumed');
    const next = await client.snapshot(({ seq }) => seq > shown.seq + 5);
    expect(next.epoch).toBe(epoch);
    expect(next.stale).toBeUndefined();
    while ((await health()).status !== 'ok');
    expect(server.lines.filter(({ event }) => event === 'actor_failed')).toEqual([]);
  });

  it('stops cleanly', async () => {
    await TestClient.subscribed(server.url, ['BTCUSDT']);
    fill();
    await server.line('log_stalled');
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });
});
