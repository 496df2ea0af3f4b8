import { beforeAll, describe, expect, it } from 'vitest';
import { SimulatedMarket } from '../../src/feed/simulated-market.ts';
import type { EventLog } from '../../src/log/event-log.ts';
import { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { evolve, initialBook } from '../../src/market/book.ts';
import { encodeBook } from '../../src/market/book-codec.ts';
import { batchFromEvents, type EventBatch, eventsOfBatch, sliceBatch } from '../../src/market/event-batch.ts';
import { intake } from '../../src/market/intake.ts';
import { symbolBookOf } from '../../src/market/symbol-book.ts';
import { changedLog } from '../../torture/changed-log.ts';
import { writeCandleFiles } from '../../torture/kill9/candle-files.ts';
import { KillHistory } from '../../torture/kill9/kill-history.ts';
import { type AuditedStream, auditStream, pictureOf } from '../../torture/kill9/stream-audit.ts';
import type { ShownPicture } from '../../torture/kill9/witness.ts';
import { temporaryDirectory } from '../support/server-process.ts';

const symbol = 'BTCUSDT';
const model = { tiers: 1, ladder: 1, churn: 0.5, halfLifeMs: 86_400_000 };

describe('a server that is killed under load', () => {
  it('comes back three times with all that it had shown', async () => {
    const directory = await temporaryDirectory();
    const candles = writeCandleFiles(directory.path, 60_000);
    const history = new KillHistory({ seed: 2, mostKills: 3, candles, directory: directory.path });
    let kills = 0;
    await history.play(() => kills++);
    expect(kills).toBe(3);
    expect(history.witness.pictures).toBeGreaterThan(10);
    expect(history.resumed).toBeGreaterThan(0);
    await directory.dispose();
  });
});

describe('the audit after a kill', () => {
  const batches: EventBatch[] = [];
  const pictures = new Map<number, ShownPicture>();
  const audited: AuditedStream = { stream: 's', symbol, epoch: 'first', pictures };
  const checkpointAfter = 100;
  let checkpoint: { version: number; state: Uint8Array };

  beforeAll(() => {
    const market = new SimulatedMarket(symbol, 1, 1_700_000_000_000);
    const book = initialBook(symbol);
    let observations = market.opening();
    for (let step = 0; step < 200; step++) {
      const batch = batchFromEvents(intake(symbolBookOf(book), observations, model).events as never);
      batches.push(batch);
      evolve(book, batch);
      if (step % 7 === 0 || step === 199) pictures.set(book.version, pictureOf(book));
      if (step === checkpointAfter) checkpoint = { version: book.version, state: encodeBook(book) };
      observations = market.step();
    }
  });

  async function logOf(kept: readonly EventBatch[], epoch = 'first'): Promise<EventLog> {
    const log = new MemoryEventLog();
    let { version } = await log.openStream('s', epoch);
    for (const batch of kept) {
      await log.append('s', version, batch);
      version += batch.count;
    }
    await log.saveCheckpoint('s', checkpoint);
    return log;
  }

  /** Without its first events, or with the first in place of the second. */
  const changedBatch = (batch: EventBatch, skipped: number): EventBatch => {
    if (skipped > 0) return sliceBatch(batch, skipped, batch.count);
    const [first, , ...rest] = eventsOfBatch(batch);
    return batchFromEvents([first!, first!, ...rest]);
  };

  it('finds nothing in a log that is whole', async () => {
    const events = batches.reduce((sum, { count }) => sum + count, 0);
    expect(await auditStream(await logOf(batches), audited)).toBe(events);
  });

  it.each([
    ['skips an event', 1, /has \d+ of its \d+ events/],
    ['has an event twice in place of the next', 0, /another book than from the first event/],
  ])('notices a fold from a checkpoint that %s', async (_what, skipped, problem) => {
    const log = await logOf(batches);
    const skipping = changedLog(log, {
      async *read(stream, fromVersion) {
        let isFirst = fromVersion > 0;
        for await (const { fromVersion: at, batch } of log.read(stream, fromVersion)) {
          yield { fromVersion: at, batch: isFirst ? changedBatch(batch, skipped) : batch };
          isFirst = false;
        }
      },
    });
    await expect(auditStream(skipping, audited)).rejects.toThrow(problem);
  });

  it('notices that what was shown last is gone', async () => {
    await expect(auditStream(await logOf(batches.slice(0, -1)), audited)).rejects.toThrow(/was shown and is not in/);
  });

  it.each([
    ['missing', (all: EventBatch[]) => [...all.slice(0, 50), ...all.slice(51)]],
    ['there twice', (all: EventBatch[]) => [...all.slice(0, 50), all[49]!, ...all.slice(50)]],
  ])('notices events that are %s', async (_what, changed) => {
    await expect(auditStream(await logOf(changed(batches)), audited)).rejects.toThrow(/event of kind \d with id/);
  });

  it('notices a picture that no fold gives', async () => {
    const [seq, picture] = [...pictures][10]!;
    const wrong = new Map(pictures).set(seq, { ...picture, checksum: picture.checksum ^ 1 });
    await expect(auditStream(await logOf(batches), { ...audited, pictures: wrong })).rejects.toThrow(/the log says/);
  });

  it('notices another epoch', async () => {
    await expect(auditStream(await logOf(batches, 'second'), audited)).rejects.toThrow(/was epoch first, is second/);
  });
});
