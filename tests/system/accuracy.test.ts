/** The live score of the real server: through kills, over HTTP, and against the log on disk. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LedgerChain } from '../../src/log/ledger-chain.ts';
import { ledgerOf } from '../../src/log/score-ledger.ts';
import { type AccuracyView, accuracySchema } from '../../src/protocol/accuracy-view.ts';
import type { LedgerEntry } from '../../src/protocol/ledger-entry.ts';
import { type ScoreMessage, scoreSchema } from '../../src/protocol/score-message.ts';
import { projectRoot, ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

const stream = 'simulated-v1-1:BTCUSDT';

function logTool(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(projectRoot, 'src/log-tool.ts'), ...argv], { maxBuffer: 1e9 }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

describe('the live score', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => directory.dispose());

  const started = (settings: Record<string, string> = {}) =>
    ServerProcess.started({ DATA_DIR: directory.path, SYMBOLS: 'BTCUSDT', SCORE_INTERVAL: '60', ...settings });
  const ledger = async (): Promise<LedgerEntry[]> => {
    const { out } = await logTool('ledger', '--data-dir', directory.path);
    const chain = new LedgerChain(ledgerOf(stream));
    return out
      .trimEnd()
      .split('\n')
      .map((record) => chain.take(record).entry);
  };
  const seqOf = async (server: ServerProcess) =>
    (await server.json<{ symbols: Record<string, { seq: number }> }>('/health')).symbols.BTCUSDT!.seq;
  const viewOf = async (server: ServerProcess, query = ''): Promise<AccuracyView> =>
    accuracySchema.parse(await server.json(`/accuracy.json${query}`));

  it('misses no interval however often the server is killed, and every book that was frozen can be folded again', async () => {
    for (const seq of [3000, 8000, 14_000]) {
      const server = await started({ SIMULATED_HISTORY: '2', CHECKPOINT_EVENTS: '5000' });
      while ((await seqOf(server)) < seq);
      await server.stop('SIGKILL');
    }
    const server = await started({ CHECKPOINT_EVENTS: '5000' });
    while ((await seqOf(server)) < 20_000);
    await server.stop();
    const entries = await ledger();
    expect(entries.length).toBeGreaterThan(100);
    for (const [i, entry] of entries.entries()) {
      expect([i, entry.kind]).toEqual([i, i % 2 === 0 ? 'frozen' : 'scored']);
      const before = entries[i - 1];
      if (before !== undefined) expect(entry.start).toBe(i % 2 === 0 ? before.end : before.start);
    }
    const verified = await logTool('verify', '--data-dir', directory.path);
    const frozen = entries.filter(({ kind }) => kind === 'frozen').length;
    expect(verified.out).toContain(
      `${entries.length} entries of score ledgers verified, ${frozen} of ${frozen} predictions folded again\n`,
    );
    expect(verified.code).toBe(0);
  });

  it('finds an entry that was taken out of the log, goes on without scoring and says so', async () => {
    const first = await started({ SIMULATED_HISTORY: '0.5' });
    while ((await seqOf(first)) < 5000);
    await first.stop();
    const database = new DatabaseSync(join(directory.path, 'events.sqlite'));
    const { id } = database.prepare('SELECT id FROM streams WHERE name = ?').get(ledgerOf(stream)) as { id: number };
    // Two entries of the same length change places: every row is whole, and only the chain tells.
    const rows = database
      .prepare('SELECT position, count, bytes FROM batches WHERE stream = ? ORDER BY version')
      .all(id);
    const [one, other] = rows.filter((row) => row.count === rows[2]!.count).slice(-2);
    const write = database.prepare('UPDATE batches SET bytes = ? WHERE position = ?');
    write.run(one!.bytes as Uint8Array, other!.position as number);
    write.run(other!.bytes as Uint8Array, one!.position as number);
    database.close();
    const verified = await logTool('verify', '--data-dir', directory.path);
    expect([verified.code, verified.out]).toEqual([
      1,
      expect.stringMatching(/damaged: ledger score:.* is broken: entry/),
    ]);
    const second = await started();
    const [symbol] = (await viewOf(second)).symbols;
    expect(symbol).toMatchObject({ state: 'broken', text: expect.stringContaining('is broken'), books: [] });
    expect((await second.json<{ problems: string[] }>('/health')).problems).toEqual([
      expect.stringContaining('BTCUSDT is not scored'),
    ]);
    const seq = await seqOf(second);
    while ((await seqOf(second)) <= seq);
    await second.stop();
  });

  it('shows how many days there are, and no number before there are enough', async () => {
    const server = await started({ SIMULATED_HISTORY: '1' });
    while ((await viewOf(server)).symbols[0]!.books.length === 0);
    const view = await viewOf(server, '?symbol=BTCUSDT');
    expect(view).toMatchObject({ source: 'simulated', simulated: true, interval_seconds: 60, days_needed: 5 });
    expect(view.symbols[0]).toMatchObject({
      symbol: 'BTCUSDT',
      state: 'gathering',
      text: expect.stringMatching(/^[0-9.]+ of the 5 days that a number needs are scored\.$/),
      books: [{ venue: null, completeness: 'simulated', report: null }],
    });
    const unknown = await fetch(`${server.origin}/accuracy.json?symbol=XYZ`);
    expect([unknown.status, await unknown.json()]).toEqual([
      400,
      { code: 'INVALID_PARAMETER', message: "Parameter 'symbol' must be one of BTCUSDT, not 'XYZ'." },
    ]);
    await server.stop();
  });

  it.each(['1', '2'])(
    'is streamed entry by entry to those who ask, as the ledger has it, with %s threads',
    async (threads) => {
      const server = await started({ SIMULATED_HISTORY: '0.5', WS_THREADS: threads });
      const wanted = { channels: ['score'] };
      const [one, heatmapOnly] = [
        await TestClient.subscribed(server.url, ['BTCUSDT'], wanted),
        await TestClient.subscribed(server.url, ['BTCUSDT']),
      ];
      const told = () => one.messages.filter((message) => message.type === 'score') as ScoreMessage[];
      await one.message(() => told().flatMap(({ data }) => data).length >= 20);
      const late = await TestClient.subscribed(server.url, ['BTCUSDT'], wanted);
      const recap = (await late.message(({ type }) => type === 'score')) as unknown as ScoreMessage;
      expect(recap).toMatchObject({ recent: true, missed: 0, simulated: true });
      expect(recap.data).toHaveLength(2);
      await heatmapOnly.message(() => heatmapOnly.snapshots.length > 0);
      await server.stop();
      const { out } = await logTool('ledger', '--data-dir', directory.path);
      const records = out.trimEnd().split('\n');
      const streamed = told().flatMap((message) => scoreSchema.parse(message).data);
      expect(streamed.every(({ hash, entry }) => records[entry.number] === `${hash} ${JSON.stringify(entry)}`)).toBe(
        true,
      );
      const numbers = streamed.map(({ entry }) => entry.number);
      expect(numbers).toEqual(numbers.map((_, i) => numbers[0]! + i));
      expect(told().every(({ missed }) => missed === 0)).toBe(true);
      expect(heatmapOnly.messages.filter(({ type }) => type === 'score')).toEqual([]);
    },
  );

  it('is told as off where the settings say so, and leaves no ledger then', async () => {
    const server = await started({ SCORE_INTERVAL: '0' });
    expect((await viewOf(server)).symbols).toEqual([
      expect.objectContaining({ state: 'unscored', text: 'SCORE_INTERVAL is 0: nothing is scored.', ledger: null }),
    ]);
    await server.stop();
    expect((await logTool('ledger', '--data-dir', directory.path)).err).toContain('there is no score ledger');
  });
});
