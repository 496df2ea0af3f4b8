import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventLog, StoredBatch } from '../../src/log/event-log.ts';
import { batchFromEvents, eventsOfBatch } from '../../src/market/event-batch.ts';
import { changedLog } from '../../torture/changed-log.ts';
import { type LogImage, logImages, writeFiles } from '../../torture/tail/log-image.ts';
import { StoreLog } from '../../torture/tail/store-log.ts';
import { trialDirectory, tryTails } from '../../torture/tail/tail-trial.ts';
import { tailVerdict } from '../../torture/tail/tail-verdict.ts';

let directory: string;
let images: LogImage[];

beforeAll(async () => {
  directory = trialDirectory();
  images = await logImages(directory);
});

afterAll(() => rmSync(directory, { recursive: true }));

const cases = 250;

describe('a log whose files are damaged', () => {
  it('gives the book after some number of commits, or is refused by name', async () => {
    const counts = await tryTails({ images, seed: 1, most: cases, directory, progress: async () => {} });
    expect(counts.wrong).toEqual({});
    expect(counts.cases).toBe(cases);
  });
});

describe('the verdict on what is there', () => {
  const verdictOf = (name: string, changes: (log: EventLog) => Partial<EventLog>) => {
    const image = images.find((each) => each.name === name)!;
    const path = mkdtempSync(join(directory, 'whole-'));
    writeFiles(join(path, 'log'), image.files);
    const open = async () => {
      const log = new StoreLog(join(path, 'log'));
      return changedLog(log, changes(log));
    };
    return tailVerdict(open, image, image.bytes);
  };
  /** A log whose batches are handed out changed. */
  const reading =
    (change: (stored: StoredBatch, number: number) => StoredBatch[]) =>
    (log: EventLog): Partial<EventLog> => ({
      async *read(stream, fromVersion) {
        let number = 0;
        for await (const stored of log.read(stream, fromVersion)) yield* change(stored, number++);
      },
    });

  it.each(['killed', 'killed over older frames', 'closed'])('is good for the whole log that was %s', async (name) => {
    expect(await verdictOf(name, () => ({}))).toMatchObject({ outcome: 'some commits' });
  });

  it.each([
    [
      'skips an event and has another twice',
      reading(({ fromVersion, batch }) => {
        const [first, , ...rest] = eventsOfBatch(batch);
        return [{ fromVersion, batch: rest.length === 0 ? batch : batchFromEvents([first!, first!, ...rest]) }];
      }),
    ],
    ['has a batch twice', reading((stored, number) => (number === 5 ? [stored, stored] : [stored]))],
    [
      'has another number in an event',
      reading(({ fromVersion, batch }) => {
        const events = eventsOfBatch(batch).map((event) =>
          event.kind === 'trade' ? { ...event, quantity: 1 } : event,
        );
        return [{ fromVersion, batch: batchFromEvents(events) }];
      }),
    ],
  ])('is bad for one that %s', async (_what, changes) => {
    expect(await verdictOf('killed', changes)).toMatchObject({ outcome: 'wrong' });
  });

  it('is bad for half a commit', async () => {
    const half = (log: EventLog): Partial<EventLog> => ({
      async openStream(stream, epoch) {
        const info = await log.openStream(stream, epoch);
        return stream === 'b' ? { ...info, version: 2 } : info;
      },
      async *read(stream, fromVersion) {
        for await (const stored of log.read(stream, fromVersion)) {
          if (stream !== 'b' || stored.fromVersion < 2) yield stored;
        }
      },
    });
    expect(await verdictOf('killed', half)).toMatchObject({ outcome: 'wrong', what: 'half a commit' });
  });

  it('is bad for a stream that has no end, another epoch, and an error without a name', async () => {
    const endless = reading((stored) => Array.from({ length: 500 }, () => stored));
    expect(await verdictOf('killed', endless)).toMatchObject({ outcome: 'wrong', what: 'a stream that has no end' });
    const renamed = (log: EventLog): Partial<EventLog> => ({
      openStream: async (stream, epoch) => ({ ...(await log.openStream(stream, epoch)), epoch: 'other' }),
    });
    expect(await verdictOf('killed', renamed)).toMatchObject({ outcome: 'wrong', what: 'another epoch' });
    const failing = (): Partial<EventLog> => ({ openStream: async () => Promise.reject(new TypeError('oh')) });
    expect(await verdictOf('killed', failing)).toMatchObject({
      outcome: 'wrong',
      what: expect.stringMatching(/TypeError/),
    });
  });
});
