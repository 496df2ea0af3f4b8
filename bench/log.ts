/**
 * Durable appends and replay, events per second: the log as it is (a row a batch, own thread), one append at a time and eight streams
 * together, beside SQLite with a row an event under the same durability.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { allocateBatch, type EventBatch, kindCodes, maxBatchEvents } from '../src/market/event-batch.ts';
import { SqliteEventLog } from '../src/workers/sqlite-event-log.ts';
import type { BenchTable } from './bench-table.ts';
import { rounds, shown } from './rounds.ts';

const streams = 8;

export async function run({ quick }: { quick: boolean }): Promise<BenchTable[]> {
  const batches = quick ? 64 : 512;
  const batch = tradeBatch();
  // Beside the project, so that it is the disk a log would be on and not a file system in memory.
  const parent = mkdtempSync(fileURLToPath(new URL('../.bench-', import.meta.url)));
  let made = 0;
  const directory = () => join(parent, String(made++));
  const perSecond = (events: number, ms: number) => events / (ms * 1000);
  const timed = async (events: number, work: () => Promise<void>) => {
    const startedAt = performance.now();
    await work();
    return perSecond(events, performance.now() - startedAt);
  };
  const withLog = async (work: (log: SqliteEventLog) => Promise<number>) => {
    const log = await SqliteEventLog.open({ directory: directory(), maxPending: 1024, onLost() {} });
    for (let s = 0; s < streams; s++) await log.openStream(`s${s}`, 'bench');
    const figure = await work(log);
    await log.close();
    return figure;
  };
  const append = async (log: SqliteEventLog, stream: string, count: number) => {
    for (let i = 0; i < count; i++) await log.append(stream, i * batch.count, batch);
  };
  const fill = (log: SqliteEventLog) => append(log, 's0', batches);
  try {
    const result = await rounds(quick ? 3 : 5, {
      serial: () => withLog((log) => timed(batches * batch.count, () => fill(log))),
      together: () =>
        withLog((log) =>
          timed(batches * batch.count, async () => {
            await Promise.all(Array.from({ length: streams }, (_, s) => append(log, `s${s}`, batches / streams)));
          }),
        ),
      replay: () =>
        withLog(async (log) => {
          await fill(log);
          return timed(batches * batch.count, async () => {
            let events = 0;
            for await (const stored of log.read('s0', 0)) events += stored.batch.count;
            if (events !== batches * batch.count) throw new Error(`${events} events came back`);
          });
        }),
      rows: () => rowAnEvent(directory(), batch, Math.ceil(batches / 4), 'append'),
      rowsReplay: () => rowAnEvent(directory(), batch, Math.ceil(batches / 4), 'replay'),
    });
    const ratio = (mine: keyof typeof result, other: keyof typeof result) =>
      (result[mine].median / result[other].median).toFixed(1);
    return [
      {
        title: `Event log, batches of ${batch.count} trades, synchronous=FULL`,
        columns: ['what', 'million events/s: median (min–max)', 'against a row an event'],
        rows: [
          ['durable append, one after another', shown(result.serial), `${ratio('serial', 'rows')}×`],
          [`durable append, ${streams} streams together`, shown(result.together), `${ratio('together', 'rows')}×`],
          ['replay', shown(result.replay), `${ratio('replay', 'rowsReplay')}×`],
          ['a row an event: durable append', shown(result.rows), '1'],
          ['a row an event: replay', shown(result.rowsReplay), '1'],
        ],
        figures: {
          log_append_per_second: result.serial.median * 1e6,
          log_append_together_per_second: result.together.median * 1e6,
          log_replay_per_second: result.replay.median * 1e6,
          log_rows_append_per_second: result.rows.median * 1e6,
          log_rows_replay_per_second: result.rowsReplay.median * 1e6,
        },
      },
    ];
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

function tradeBatch(): EventBatch {
  const batch = allocateBatch(maxBatchEvents);
  for (let i = 0; i < batch.count; i++) {
    batch.kind[i] = kindCodes.trade;
    batch.time[i] = 1.7e12 + i;
    batch.id[i] = i;
    batch.a[i] = 100_000 + i / 10;
    batch.b[i] = i / 1000;
    batch.side[i] = i & 1;
  }
  return batch;
}

function rowAnEvent(path: string, batch: EventBatch, batches: number, what: 'append' | 'replay'): number {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec(
    'CREATE TABLE events (version INTEGER PRIMARY KEY, kind INT, side INT, time REAL, id REAL, a REAL, b REAL)',
  );
  const insert = database.prepare('INSERT INTO events (kind, side, time, id, a, b) VALUES (?, ?, ?, ?, ?, ?)');
  let startedAt = performance.now();
  for (let n = 0; n < batches; n++) {
    database.exec('BEGIN IMMEDIATE');
    for (let i = 0; i < batch.count; i++) {
      insert.run(batch.kind[i]!, batch.side[i]!, batch.time[i]!, batch.id[i]!, batch.a[i]!, batch.b[i]!);
    }
    database.exec('COMMIT');
  }
  if (what === 'replay') {
    startedAt = performance.now();
    let sum = 0;
    for (const row of database.prepare('SELECT * FROM events ORDER BY version').iterate()) sum += Number(row.a);
    if (!(sum > 0)) throw new Error('nothing came back');
  }
  const figure = (batches * batch.count) / ((performance.now() - startedAt) * 1000);
  database.close();
  return figure;
}
