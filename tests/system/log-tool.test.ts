/** The event log from the command line, beside a running server and without one. */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { foldStream } from '../../src/log/fold-stream.ts';
import { symbolBookDigest } from '../../src/market/symbol-book-codec.ts';
import { SqliteEventLog } from '../../src/workers/sqlite-event-log.ts';
import { projectRoot, ServerProcess, temporaryDirectory } from '../support/server-process.ts';

const stream = 'simulated-v1-1:BTCUSDT';

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(...argv: string[]): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(projectRoot, 'src/log-tool.ts'), ...argv], (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

async function digestOf(directory: string): Promise<[number, string]> {
  const log = await SqliteEventLog.open({ directory, maxPending: 100, onLost() {} });
  const { version } = await log.openStream(stream, 'unused');
  const { book } = await foldStream(log, stream, 'BTCUSDT', version, { usesCheckpoints: false });
  await log.close();
  return [version, symbolBookDigest(book)];
}

describe('npm run log', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  const data = () => join(directory.path, 'data');
  const at = (name: string) => join(directory.path, name);

  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => directory.dispose());

  const serving = () =>
    ServerProcess.started({
      DATA_DIR: data(),
      SYMBOLS: 'BTCUSDT',
      SIMULATED_HISTORY: '0.5',
      // The ledger and its check have a test of their own (`accuracy.test.ts`).
      SCORE_INTERVAL: '0',
      CHECKPOINT_EVENTS: '1000',
      LOG_HISTORY_CHECKPOINTS: '1000',
    });
  const filled = async () => {
    const server = await serving();
    while ((await server.json<{ symbols: Record<string, { seq: number }> }>('/health')).symbols.BTCUSDT!.seq < 4000);
    return server;
  };

  it('shows, checks, exports and compacts a log while a server writes it, and imports nothing into it', async () => {
    const server = await filled();
    const stats = await run('stats', '--data-dir', data());
    expect(stats.out).toMatch(/^stream +epoch +events +from seq/);
    expect(stats.out).toContain(stream);
    const verified = await run('verify', '--data-dir', data());
    expect(verified.out).toMatch(/^\d+ events and \d+ checkpoints verified, 0 damaged\n$/);
    expect(verified.code).toBe(0);
    expect((await run('export', '--data-dir', data(), '--out', at('e.parquet'))).code).toBe(0);
    expect((await run('compact', '--data-dir', data())).out).toMatch(/MB before, .* MB after/);
    const refused = await run('import', '--data-dir', data(), '--in', at('e.parquet'));
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringContaining('another instance holds it: stop that one'),
    ]);
    const before = (await server.json<{ symbols: Record<string, { seq: number }> }>('/health')).symbols.BTCUSDT!.seq;
    while ((await server.json<{ symbols: Record<string, { seq: number }> }>('/health')).symbols.BTCUSDT!.seq <= before);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(server.lines.filter(({ event }) => event === 'actor_failed')).toEqual([]);
  });

  it.each(['parquet', 'csv'])(
    'gives through a %s file the same log: the same book, bit for bit, in the same epoch',
    async (ending) => {
      await (await filled()).stop();
      const file = at(`e.${ending}`);
      expect((await run('export', '--data-dir', data(), '--out', file)).code).toBe(0);
      const copy = at('copy');
      const imported = await run('import', '--data-dir', copy, '--in', file);
      expect(imported.out).toMatch(/^simulated-v1-1:BTCUSDT: \d+ events imported\n$/);
      expect((await run('import', '--data-dir', copy, '--in', file)).out).toBe(`${stream}: 0 events imported\n`);
      expect(await digestOf(copy)).toEqual(await digestOf(data()));
      expect((await run('verify', '--data-dir', copy)).code).toBe(0);
    },
  );

  it('names what is wrong in a file by its row, and then imports nothing at all', async () => {
    await (await filled()).stop();
    await run('export', '--data-dir', data(), '--out', at('e.csv'));
    const lines = (await readFile(at('e.csv'), 'utf8')).split('\n');
    lines.splice(1000, 1);
    await writeFile(at('gap.csv'), lines.join('\n'));
    const gap = await run('import', '--data-dir', at('copy'), '--in', at('gap.csv'));
    expect([gap.code, gap.err]).toEqual([
      1,
      `${at('gap.csv')}, row 1000: stream ${stream} goes on with seq 1001 where 1000 should follow\n`,
    ]);
    expect((await run('stats', '--data-dir', at('copy'))).out).not.toContain(stream);
  });

  it('finds every kind of damage, and says so with its exit code', async () => {
    await (await filled()).stop();
    const damaged = async (sql: string) => {
      const database = new DatabaseSync(join(data(), 'events.sqlite'));
      database.exec(`SAVEPOINT before; ${sql}; RELEASE before`);
      database.close();
      return run('verify', '--data-dir', data());
    };
    const checkpoint = await damaged(
      'UPDATE checkpoints SET state = zeroblob(length(state)) WHERE version = (SELECT max(version) FROM checkpoints)',
    );
    expect(checkpoint).toMatchObject({ code: 1, out: expect.stringMatching(/checkpoint of event \d+ is damaged/) });
    const lost = await damaged('DELETE FROM batches WHERE position = (SELECT max(position) - 3 FROM batches)');
    expect(lost).toMatchObject({
      code: 1,
      out: expect.stringMatching(/goes on with event \d+ where \d+ should follow/),
    });
  });

  it('says what it understands when it is asked for something else, and names a log that is not there', async () => {
    for (const argv of [
      [],
      ['repair'],
      ['stats', 'now'],
      ['export'],
      ['export', '--out', 'e.txt'],
      ['stats', '--fast'],
    ]) {
      const { code, err } = await run(...argv, '--data-dir', data());
      expect([argv, code]).toEqual([argv, 1]);
      expect(err.length).toBeGreaterThan(0);
    }
    expect((await run('stats', '--data-dir', at('nowhere'))).err).toBe(
      `there is no event log at ${join(at('nowhere'), 'events.sqlite')}\n`,
    );
    expect(existsSync(at('nowhere'))).toBe(false);
  });
});
