/** One symbol actor under a clock moved by hand, on a log that can be made to fail. */
import { LiquidationNews } from '../../src/actors/liquidation-news.ts';
import type { LiveScoreOptions } from '../../src/actors/live-score.ts';
import { symbolActor } from '../../src/actors/symbol-actor.ts';
import type { SymbolFrame } from '../../src/actors/symbol-frame.ts';
import type { FoldTimes, PictureTimes } from '../../src/actors/symbol-options.ts';
import { type AppendResult, EventLogError, type EventLogErrorCode } from '../../src/log/event-log.ts';
import { foldStream } from '../../src/log/fold-stream.ts';
import { emptyMemoryStore, MemoryEventLog } from '../../src/log/memory-event-log.ts';
import type { Observation } from '../../src/market/event.ts';
import type { EventBatch } from '../../src/market/event-batch.ts';
import type { SymbolBook } from '../../src/market/symbol-book.ts';
import { symbolBookDigest } from '../../src/market/symbol-book-codec.ts';
import { type LiquidationsMessage, liquidationsSchema } from '../../src/protocol/liquidations-message.ts';
import { snapshotSchema } from '../../src/protocol/server-message.ts';
import { FrameChannel } from '../../src/streams/frame-channel.ts';
import type { SnapshotJob } from '../../src/workers/snapshot-job.ts';
import { renderSnapshot } from '../../src/workers/snapshot-task.ts';
import { KernelFixture, options as spawnOptions } from './kernel/kernel-fixture.ts';

const model = { tiers: 1, ladder: 1, churn: 0.5, halfLifeMs: 86_400_000 };
export const stream = 'test:BTCUSDT';

export const trade = (id: number, price = 100_000, quantity = 1): Observation => ({
  kind: 'trade',
  time: 1_000_000 + id,
  id,
  price,
  quantity,
  taker: id % 2 === 0 ? 'buy' : 'sell',
});
export const trades = (from: number, to: number, price?: number): Observation[] =>
  Array.from({ length: to - from + 1 }, (_, i) => trade(from + i, price));

/** A log whose appends can be made to fail. */
export class FallibleLog extends MemoryEventLog {
  failures = 0;
  code: EventLogErrorCode = 'corrupt';
  /** Whether a failing append was written all the same: the answer was lost, not the events. */
  isWrittenAnyway = false;

  override async append(name: string, expectedVersion: number, batch: EventBatch): Promise<AppendResult> {
    if (this.failures === 0) return super.append(name, expectedVersion, batch);
    this.failures--;
    if (this.isWrittenAnyway) await super.append(name, expectedVersion, batch);
    throw new EventLogError(this.code, 'it went wrong');
  }
}

/** One symbol actor under a clock moved by hand; frames are made in place of the pool. */
export class Stage {
  readonly kernel = new KernelFixture({ turnMessages: 32, roundTurns: 64 });
  readonly channel = new FrameChannel<SymbolFrame>(1);
  readonly frames: SymbolFrame[] = [];
  readonly news: LiquidationsMessage[] = [];
  readonly refused: string[] = [];
  readonly gaps: [number, number][] = [];
  readonly renders: SnapshotJob[] = [];
  recoveries = 0;
  renderFailures = 0;
  readonly stalls: string[] = [];
  readonly folds: FoldTimes[] = [];
  readonly pictures: PictureTimes[] = [];
  book: SymbolBook | null = null;
  render = async (job: SnapshotJob) => renderSnapshot(job);
  readonly store;
  readonly log;
  readonly ref;
  #tick = 0;

  constructor(store = emptyMemoryStore(), checkpointEvents = 1_000_000, score: LiveScoreOptions | null = null) {
    this.store = store;
    this.log = new FallibleLog(store);
    this.channel.every(1).subscribe((frame) => this.frames.push(frame));
    const setup = symbolActor({
      symbol: 'BTCUSDT',
      stream,
      epochIfNew: 'epoch-1',
      log: this.log,
      pictures: [{ name: 'BTCUSDT', venue: null, channel: this.channel }],
      liquidations: [
        new LiquidationNews({
          symbol: 'BTCUSDT',
          completenessOf: () => 'simulated',
          wallClock: () => 1_700_000_000_000,
          tell: (message) => this.news.push(liquidationsSchema.parse(message)),
        }),
      ],
      render: (job) => {
        this.renders.push(job);
        return this.render(job);
      },
      model,
      range: 0.25,
      checkpointEvents,
      score,
      wallClock: () => 1_700_000_000_000,
      observer: {
        recovered: (_symbol, _epoch, book) => {
          this.recoveries++;
          this.book = book;
        },
        recovering() {},
        refused: (_symbol, reason) => this.refused.push(reason),
        gap: (_symbol, from, to) => this.gaps.push([from, to]),
        folded: (_symbol, fold) => this.folds.push(fold),
        broadcast: (_frame, _clients, times) => this.pictures.push(times),
        renderFailed: () => this.renderFailures++,
        checkpointFailed() {},
        stalled: () => this.stalls.push('stalled'),
        resumed: () => this.stalls.push('resumed'),
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

export async function digestOfLog(store: Stage['store']): Promise<string> {
  const log = new MemoryEventLog(store);
  const { version } = await log.openStream(stream, 'unused');
  return symbolBookDigest((await foldStream(log, stream, 'BTCUSDT', version)).book);
}
