import { describe, expect, it } from 'vitest';
import { FeedPump } from '../../src/actors/feed-pump.ts';
import { symbolActor } from '../../src/actors/symbol-actor.ts';
import type { SymbolFrame } from '../../src/actors/symbol-messages.ts';
import type { Feed } from '../../src/feed/feed.ts';
import { type AppendResult, EventLogError } from '../../src/log/event-log.ts';
import { foldStream } from '../../src/log/fold-stream.ts';
import { emptyMemoryStore, MemoryEventLog } from '../../src/log/memory-event-log.ts';
import type { Book } from '../../src/market/book.ts';
import { bookDigest } from '../../src/market/book-codec.ts';
import type { Observation } from '../../src/market/event.ts';
import type { EventBatch } from '../../src/market/event-batch.ts';
import { snapshotSchema } from '../../src/protocol/server-message.ts';
import { FrameChannel } from '../../src/streams/frame-channel.ts';
import type { SnapshotJob } from '../../src/workers/snapshot-job.ts';
import { renderSnapshot } from '../../src/workers/snapshot-task.ts';
import { KernelFixture, options as spawnOptions } from './kernel/kernel-fixture.ts';

const model = { tiers: 1, ladder: 1, churn: 0.5, halfLifeMs: 86_400_000 };
const stream = 'test:BTCUSDT';

const trade = (id: number, price = 100_000, quantity = 1): Observation => ({
  kind: 'trade',
  time: 1_000_000 + id,
  id,
  price,
  quantity,
  taker: id % 2 === 0 ? 'buy' : 'sell',
});
const trades = (from: number, to: number, price?: number): Observation[] =>
  Array.from({ length: to - from + 1 }, (_, i) => trade(from + i, price));

/** A log whose appends can be made to fail. */
class FallibleLog extends MemoryEventLog {
  failures = 0;
  /** Whether a failing append was written all the same: the answer was lost, not the events. */
  isWrittenAnyway = false;

  override async append(name: string, expectedVersion: number, batch: EventBatch): Promise<AppendResult> {
    if (this.failures === 0) return super.append(name, expectedVersion, batch);
    this.failures--;
    if (this.isWrittenAnyway) await super.append(name, expectedVersion, batch);
    throw new EventLogError('write_failed', 'the disk is full');
  }
}

/** One symbol actor under a clock moved by hand; frames are made in place of the pool. */
class Stage {
  readonly kernel = new KernelFixture({ turnMessages: 32, roundTurns: 64 });
  readonly channel = new FrameChannel<SymbolFrame>(1);
  readonly frames: SymbolFrame[] = [];
  readonly refused: string[] = [];
  readonly gaps: [number, number][] = [];
  readonly renders: SnapshotJob[] = [];
  recoveries = 0;
  renderFailures = 0;
  book: Book | null = null;
  render = async (job: SnapshotJob) => renderSnapshot(job);
  readonly store;
  readonly log;
  readonly ref;
  #tick = 0;

  constructor(store = emptyMemoryStore(), checkpointEvents = 1_000_000) {
    this.store = store;
    this.log = new FallibleLog(store);
    this.channel.every(1).subscribe((frame) => this.frames.push(frame));
    const setup = symbolActor({
      symbol: 'BTCUSDT',
      stream,
      epochIfNew: 'epoch-1',
      log: this.log,
      channel: this.channel,
      render: (job) => {
        this.renders.push(job);
        return this.render(job);
      },
      model,
      range: 0.25,
      checkpointEvents,
      wallClock: () => 1_700_000_000_000,
      observer: {
        recovered: (_symbol, _epoch, book) => {
          this.recoveries++;
          this.book = book;
        },
        refused: (_symbol, reason) => this.refused.push(reason),
        gap: (_symbol, from, to) => this.gaps.push([from, to]),
        broadcast() {},
        renderFailed: () => this.renderFailures++,
        checkpointFailed() {},
      },
    });
    this.ref = this.kernel.system.spawn(
      setup,
      spawnOptions('BTCUSDT', {
        supervision: { onFailure: 'restart', maxRestarts: 3, withinMs: 60_000, backoffMs: { first: 100, max: 1000 } },
      }),
    );
  }

  observe(observations: readonly Observation[]): Promise<string> {
    return new Promise((done) => this.ref.tell({ type: 'observe', observations, done }));
  }

  /** Ticks once and waits for the picture, if one is made. */
  async tick(): Promise<void> {
    this.ref.tell({ type: 'tick', tick: ++this.#tick });
    await this.settle();
  }

  /** Lets promises and actors take turns until neither has anything left. */
  async settle(): Promise<void> {
    for (let round = 0; round < 20; round++) {
      await new Promise((resolve) => setImmediate(resolve));
      await this.kernel.system.idle();
    }
  }

  picture(index = -1) {
    const { bytes } = this.frames.at(index)!;
    const text = Buffer.from(bytes).toString();
    return snapshotSchema.parse(JSON.parse(text.slice(text.indexOf('{'))));
  }
}

async function digestOfLog(store: Stage['store']): Promise<string> {
  const log = new MemoryEventLog(store);
  const { version } = await log.openStream(stream, 'unused');
  return bookDigest((await foldStream(log, stream, 'BTCUSDT', version)).book);
}

describe('a symbol actor', () => {
  it('commits, folds, and shows a picture whose seq is the stream’s version', async () => {
    const stage = new Stage();
    expect(await stage.observe(trades(1, 10))).toBe('folded');
    await stage.tick();
    const picture = stage.picture();
    expect(picture).toMatchObject({ symbol: 'BTCUSDT', epoch: 'epoch-1', seq: 11 });
    expect(picture.data.current_price).toBe(100_000);
    expect(picture.data.positions_created).toBe(400);
    expect(picture.data.levels.length).toBeGreaterThan(10);
    for (const { price, long_density, short_density } of picture.data.levels) {
      if (long_density > 0) expect(price).toBeLessThanOrEqual(100_000);
      if (short_density > 0) expect(price).toBeGreaterThanOrEqual(100_000);
    }
  });

  it('sends nothing when the data did not change, and counts since the frame before when it did', async () => {
    const stage = new Stage();
    await stage.observe(trades(1, 10));
    await stage.tick();
    await stage.tick();
    await stage.observe([{ kind: 'liquidation', time: 1_000_010, id: 1, price: 1, quantity: 1, side: 'long' }]);
    await stage.tick();
    expect(stage.frames).toHaveLength(1);
    await stage.observe(trades(11, 15));
    await stage.tick();
    expect(stage.frames).toHaveLength(2);
    expect(stage.picture().data).toMatchObject({ positions_created: 200, positions_created_total: 600 });
  });

  it('takes what it saw before for nothing, notes a gap, and refuses what cannot be', async () => {
    const stage = new Stage();
    await stage.observe(trades(1, 3));
    await stage.observe([...trades(1, 4), trade(9), trade(10, Number.NaN)]);
    expect(stage.book!.version).toBe(7);
    expect(stage.gaps).toEqual([[5, 9]]);
    expect(stage.refused).toEqual(['trade 10: price NaN is not within 1e-12 and 1000000000000']);
  });

  it('has one picture under way at a time, and serves the ticks that passed with the next', async () => {
    const stage = new Stage();
    let finish: () => void = () => {};
    stage.render = (job) => new Promise((resolve) => (finish = () => resolve(renderSnapshot(job))));
    await stage.observe(trades(1, 5));
    await stage.tick();
    await stage.observe(trades(6, 10));
    await stage.tick();
    await stage.tick();
    expect(stage.renders).toHaveLength(1);
    finish();
    await stage.settle();
    expect(stage.frames.map(({ seq }) => seq)).toEqual([6]);
    await stage.tick();
    finish();
    await stage.settle();
    expect(stage.frames.map(({ seq }) => seq)).toEqual([6, 11]);
  });

  it('tries again at the next tick when no picture could be made', async () => {
    const stage = new Stage();
    const { render } = stage;
    stage.render = async () => {
      throw new Error('no worker');
    };
    await stage.observe(trades(1, 5));
    await stage.tick();
    expect([stage.renderFailures, stage.frames.length]).toEqual([1, 0]);
    stage.render = render;
    await stage.tick();
    expect(stage.frames).toHaveLength(1);
  });

  it.each([
    ['was not written', false],
    ['was written, but its answer lost', true],
  ])(
    'that throws because a batch %s comes back from the log and goes on, losing and doubling nothing',
    async (_, written) => {
      const stage = new Stage(emptyMemoryStore(), 4);
      await stage.observe(trades(1, 5));
      await stage.tick();
      stage.log.failures = 1;
      stage.log.isWrittenAnyway = written;
      expect(await stage.observe(trades(6, 8))).toBe('interrupted');
      await stage.kernel.advance(100);
      await stage.settle();
      expect(stage.recoveries).toBe(2);
      expect(await stage.observe(trades(6, 8))).toBe('folded');
      expect(stage.book!.version).toBe(9);
      expect(bookDigest(stage.book!)).toBe(await digestOfLog(stage.store));
      await stage.tick();
      expect(stage.frames.map(({ seq }) => seq)).toEqual([6, 9]);
    },
  );

  it('goes on after a restart of the server with the next seq of the same epoch', async () => {
    const store = emptyMemoryStore();
    const first = new Stage(store, 3);
    await first.observe(trades(1, 20));
    await new Promise<void>((done) => first.ref.tell({ type: 'finish', done }));
    const second = new Stage(store);
    await second.observe(trades(15, 30));
    await second.tick();
    expect(second.picture()).toMatchObject({ epoch: 'epoch-1', seq: 31 });

    const whole = new Stage();
    await whole.observe(trades(1, 30));
    expect(bookDigest(second.book!)).toBe(bookDigest(whole.book!));
  });

  it('saves a checkpoint on a clean stop, so that the next start replays nothing', async () => {
    const stage = new Stage();
    await stage.observe(trades(1, 20));
    await new Promise<void>((done) => stage.ref.tell({ type: 'finish', done }));
    const { fromVersion, book } = await foldStream(stage.log, stream, 'BTCUSDT', 21);
    expect(fromVersion).toBe(21);
    expect(bookDigest(book)).toBe(bookDigest(stage.book!));
  });
});

describe('the feed pump', () => {
  const feedOf = (chunks: Observation[][]): Feed => ({
    name: 'test',
    simulated: false,
    async *observations() {
      for (const chunk of chunks) yield chunk.map((observation) => ({ symbol: 'BTCUSDT', observation }));
    },
  });

  it('sends a chunk again to an actor that was restarted over it', async () => {
    const stage = new Stage();
    stage.log.failures = 1;
    const pump = new FeedPump(feedOf([trades(1, 5), trades(6, 9)]), new Map([['BTCUSDT', stage.ref]]));
    const end = pump.run(new Map());
    await stage.settle();
    await stage.kernel.advance(100);
    expect(await end).toEqual({ outcome: 'exhausted' });
    expect(stage.book!.version).toBe(10);
  });

  it('lets go of a symbol whose actor is given up, and carries on', async () => {
    const stage = new Stage();
    stage.log.failures = 100;
    const pump = new FeedPump(feedOf([trades(1, 5), trades(6, 9)]), new Map([['BTCUSDT', stage.ref]]));
    const end = pump.run(new Map());
    for (let i = 0; i < 10; i++) {
      await stage.settle();
      await stage.kernel.advance(2000);
    }
    pump.drop('BTCUSDT');
    expect(await end).toEqual({ outcome: 'exhausted' });
  });

  it('tells what a source ended of, and keeps what came before', async () => {
    const stage = new Stage();
    const failing: Feed = {
      ...feedOf([]),
      async *observations() {
        yield trades(1, 3).map((observation) => ({ symbol: 'BTCUSDT', observation }));
        throw new Error('line 5 is torn');
      },
    };
    const end = await new FeedPump(failing, new Map([['BTCUSDT', stage.ref]])).run(new Map());
    expect(end).toMatchObject({ outcome: 'failed', error: { message: 'line 5 is torn' } });
    expect(stage.book!.version).toBe(4);
  });
});
