import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteEventLog } from '../../src/workers/sqlite-event-log.ts';
import { batchOf, eventLogAcceptance, idsFrom } from '../support/event-log-acceptance.ts';
import { temporaryDirectory } from '../support/server-process.ts';

const open = (directory: string, maxPending = 1000) => SqliteEventLog.open({ directory, maxPending, onLost() {} });

eventLogAcceptance('SQLite', async () => {
  const directory = await temporaryDirectory();
  let log = await open(directory.path);
  return {
    log,
    reopen: async () => {
      await log.close();
      log = await open(directory.path);
      return log;
    },
    dispose: async () => {
      await log.close();
      await directory.dispose();
    },
  };
});

describe('the SQLite event log', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  const file = () => join(directory.path, 'events.sqlite');

  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => directory.dispose());

  it('is held by one opener at a time and names the file in the refusal', async () => {
    const holder = await open(directory.path);
    await expect(open(directory.path)).rejects.toMatchObject({
      code: 'in_use',
      message: expect.stringContaining(file()),
    });
    await holder.close();
    await (await open(directory.path)).close();
  });

  it('refuses a file that is not a database, and leaves it as it was', async () => {
    await writeFile(file(), 'notes that look nothing like a database at all');
    await expect(open(directory.path)).rejects.toMatchObject({ code: 'not_a_database' });
  });

  it('refuses a database of another application and one of another layout', async () => {
    const other = new DatabaseSync(file());
    other.exec('CREATE TABLE diary (entry TEXT)');
    other.close();
    await expect(open(directory.path)).rejects.toMatchObject({ code: 'not_a_database' });

    const later = new DatabaseSync(join((await temporaryLater()).path, 'events.sqlite'));
    later.exec('CREATE TABLE streams (id); PRAGMA application_id = 0x48454154; PRAGMA user_version = 99');
    later.close();
    await expect(open(laterDirectory!.path)).rejects.toMatchObject({ code: 'schema_unknown' });
    await laterDirectory!.dispose();
  });

  let laterDirectory: typeof directory | undefined;
  async function temporaryLater() {
    laterDirectory = await temporaryDirectory();
    return laterDirectory;
  }

  it.each(['/proc/heatline/log', '/dev/null/log'])('refuses the directory %s by name', async (path) => {
    await expect(open(path)).rejects.toMatchObject({
      code: 'directory_unusable',
      message: expect.stringContaining(path),
    });
  });

  it('leaves out a checkpoint that was damaged', async () => {
    const log = await open(directory.path);
    await log.openStream('s', 'e');
    await log.saveCheckpoint('s', { version: 1, state: Uint8Array.of(1, 2, 3) });
    await log.saveCheckpoint('s', { version: 2, state: Uint8Array.of(4, 5, 6) });
    await log.close();
    const database = new DatabaseSync(file());
    database.exec("UPDATE checkpoints SET state = x'040507' WHERE version = 2");
    database.close();
    const reopened = await open(directory.path);
    await reopened.openStream('s', 'e');
    expect((await reopened.loadCheckpoint('s', 2))?.version).toBe(1);
    await reopened.close();
  });

  it('notices a batch that was damaged, rather than folding it', async () => {
    const log = await open(directory.path);
    await log.openStream('s', 'e');
    await log.append('s', 0, batchOf(0, 3));
    await log.close();
    const database = new DatabaseSync(file());
    database.exec("UPDATE batches SET bytes = CAST(substr(bytes, 1, 20) || x'ff' || substr(bytes, 22) AS BLOB)");
    database.close();
    const reopened = await open(directory.path);
    await reopened.openStream('s', 'e');
    await expect(idsFrom(reopened, 's', 0)).rejects.toMatchObject({ code: 'corrupt' });
    await reopened.close();
  });

  it('refuses more calls than may wait, by name, and goes on', async () => {
    const log = await open(directory.path, 2);
    await log.openStream('s', 'e');
    const calls = [
      log.append('s', 0, batchOf(0, 1)),
      log.append('s', 1, batchOf(1, 2)),
      log.append('s', 2, batchOf(2, 3)),
    ];
    const [first, second, third] = await Promise.allSettled(calls);
    expect([first!.status, second!.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(third).toMatchObject({ status: 'rejected', reason: { code: 'write_failed' } });
    expect(await log.append('s', 2, batchOf(2, 3))).toMatchObject({ outcome: 'appended' });
    await log.close();
  });

  it('has every batch whose append was acknowledged before kill -9', async () => {
    const writer = fileURLToPath(new URL('./fixtures/log-writer.ts', import.meta.url));
    const child = spawn(process.execPath, [writer, directory.path], { stdio: ['ignore', 'pipe', 'inherit'] });
    let acknowledged = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged = Number(line);
      if (acknowledged >= 500 && child.exitCode === null) child.kill('SIGKILL');
    }
    expect(acknowledged).toBeGreaterThanOrEqual(500);
    const log = await open(directory.path);
    const { version } = await log.openStream('s', 'e');
    expect(version).toBeGreaterThanOrEqual(acknowledged);
    expect(await idsFrom(log, 's', 0)).toEqual(Array.from({ length: version }, (_, i) => i));
    await log.close();
  });
});
