/**
 * One symbol: the only writer of its stream and the owner of its books.
 *
 * Observations are decided, appended to the log and, once committed, folded; nothing uncommitted is ever in a picture. On a tick
 * that someone waits for, the book's window is copied to shared memory and a worker makes the frame; at most one such job is
 * under way, and ticks that pass meanwhile are served by the next picture. An error in here restarts the actor from its checkpoint.
 */
import { type AppendResult, EventLogError, type EventLogErrorCode } from '../log/event-log.ts';
import { type FoldedStream, foldStream } from '../log/fold-stream.ts';
import { batchesOf, type EventBatch } from '../market/event-batch.ts';
import { intake } from '../market/intake.ts';
import { evolveSymbol, type SymbolBook } from '../market/symbol-book.ts';
import { encodeSymbolBook } from '../market/symbol-book-codec.ts';
import type { RenderedSnapshot } from '../workers/snapshot-job.ts';
import { FoldWatch } from './fold-watch.ts';
import type { ActorContext } from './kernel/actor-context.ts';
import type { Behavior, Setup } from './kernel/behavior.ts';
import { LiveScore } from './live-score.ts';
import type { RenderedJob } from './symbol-frame.ts';
import type { IngestOutcome, SymbolMessage } from './symbol-messages.ts';
import type { SymbolActorOptions } from './symbol-options.ts';
import { SymbolPictures } from './symbol-pictures.ts';

/** The disk is full or does not answer, or another program holds the file for a while. */
const passing: readonly EventLogErrorCode[] = ['write_failed', 'in_use'];

/** Pause before the log is tried again that could not be written to. */
const appendAgainMs = 1000;

export function symbolActor(options: SymbolActorOptions): Setup<SymbolMessage> {
  return (context) => new SymbolBehavior(options, context);
}

type Observe = Extract<SymbolMessage, { type: 'observe' }>;

interface Ingest {
  /** Batches decided and not yet committed; the first one is at the log. */
  readonly batches: EventBatch[];
  readonly done: (outcome: IngestOutcome) => void;
}

class SymbolBehavior implements Behavior<SymbolMessage> {
  readonly #options: SymbolActorOptions;
  readonly #context: ActorContext<SymbolMessage>;
  readonly #watch: FoldWatch;
  readonly #pictures: SymbolPictures;
  readonly #score: LiveScore | null;
  #book: SymbolBook | null = null;
  #epoch = '';
  /** Observations that came during recovery; the feed sends no more before they are answered. */
  #waiting: Observe | null = null;
  #ingest: Ingest | null = null;
  /** The log could not be written to; it is tried again and again. */
  #isStalled = false;
  #finish: (() => void) | null = null;
  #checkpointVersion = 0;
  #isCheckpointing = false;

  constructor(options: SymbolActorOptions, context: ActorContext<SymbolMessage>) {
    this.#options = options;
    this.#context = context;
    this.#pictures = new SymbolPictures(options.pictures);
    this.#watch = new FoldWatch(() => context.now());
    this.#score = options.score == null ? null : new LiveScore(options.score, options);
    this.#recover();
  }

  receive(message: SymbolMessage): void {
    switch (message.type) {
      case 'observe':
        if (this.#book === null) this.#waiting = message;
        else this.#observe(this.#book, message);
        return;
      case 'tick':
        this.#tick(message.tick);
        return;
      case 'recovered':
        if (this.#book === null) this.#start(message.epoch, message.folded);
        return;
      case 'recover_failed':
        if (this.#book === null) throw this.#error('could not be read', message.error);
        return;
      case 'appended':
        this.#appended(message.result, message.batch);
        return;
      case 'rendered':
        this.#rendered(message.tick, message.frame, message.job);
        return;
      case 'render_failed':
        this.#pictures.failed(message.job);
        this.#tellLiquidations();
        this.#options.observer.renderFailed(this.#options.symbol, message.error);
        return;
      case 'checkpointed':
        this.#isCheckpointing = false;
        this.#finishIfIdle();
        return;
      case 'append_failed':
        if (this.#ingest?.batches[0] === message.batch) this.#stall(message.error);
        return;
      case 'append_again':
        if (this.#book !== null && this.#ingest !== null) this.#append(this.#book, this.#ingest);
        return;
      case 'finish':
        this.#finish = message.done;
        this.#finishIfIdle();
        return;
      default:
        message satisfies never;
    }
  }

  /** Whoever waits for an answer from this incarnation gets one. */
  release(): void {
    this.#tellLiquidations();
    this.#waiting?.done('interrupted');
    this.#ingest?.done('interrupted');
    this.#finish?.();
  }

  #recover(): void {
    const { log, stream, symbol, epochIfNew, liquidations, observer } = this.#options;
    const self = this.#context.self;
    const recover = async () => {
      const { epoch, version } = await log.openStream(stream, epochIfNew);
      const progressed = (folded: number, from: number) => observer.recovering(symbol, folded - from, version - from);
      const folded = await foldStream(log, stream, symbol, version, { progressed });
      for (const news of liquidations) await news.begin(log, stream, epoch, version);
      await this.#score?.recover(epoch, folded.book);
      return { epoch, folded };
    };
    recover().then(
      ({ epoch, folded }) => self.tell({ type: 'recovered', epoch, folded }),
      (error) => self.tell({ type: 'recover_failed', error }),
    );
  }

  #start(epoch: string, { book, fromVersion, skippedCheckpoints }: FoldedStream): void {
    this.#options.observer.recovered(this.#options.symbol, epoch, book, fromVersion, skippedCheckpoints);
    this.#book = book;
    this.#epoch = epoch;
    this.#checkpointVersion = book.version;
    this.#pictures.goOnFrom(book, epoch);
    if (this.#waiting !== null) this.#observe(book, this.#waiting);
    this.#waiting = null;
    this.#finishIfIdle();
  }

  #observe(book: SymbolBook, { observations, done }: Observe): void {
    const { symbol, observer, model, areGapsTold } = this.#options;
    const taken = intake(book, observations, model, areGapsTold);
    for (const reason of taken.refused) observer.refused(symbol, reason);
    for (const event of taken.events) {
      if (event.kind === 'gap_detected') observer.gap(symbol, event.from, event.to, event.of);
    }
    if (taken.events.length === 0) {
      done('folded');
      return;
    }
    this.#watch.observed();
    this.#ingest = { batches: this.#score?.batchesOf(taken.events) ?? batchesOf(taken.events), done };
    this.#append(book, this.#ingest);
  }

  #append(book: SymbolBook, ingest: Ingest): void {
    const { log, stream } = this.#options;
    const self = this.#context.self;
    const batch = ingest.batches[0]!;
    this.#watch.appended();
    const append = () => log.append(stream, book.version, batch);
    const entered = this.#score?.before(book, batch) ?? null;
    (entered === null ? append() : entered.then(append)).then(
      (result) => self.tell({ type: 'appended', result, batch }),
      (error) => self.tell({ type: 'append_failed', batch, error }),
    );
  }

  #appended(result: AppendResult, batch: EventBatch): void {
    const book = this.#book;
    const ingest = this.#ingest;
    // An answer to an earlier incarnation: what it committed was folded in recovery.
    if (book === null || ingest === null || ingest.batches[0] !== batch) return;
    if (result.outcome === 'conflict')
      throw this.#error('has another version in the log: someone else wrote', undefined);
    if (this.#isStalled) this.#options.observer.resumed(this.#options.symbol);
    this.#isStalled = false;
    this.#watch.committed();
    for (const news of this.#options.liquidations) news.folded(batch, book.version);
    evolveSymbol(book, batch);
    this.#score?.folded(batch);
    this.#options.observer.folded(this.#options.symbol, this.#watch.folded(book, batch.count, result.position));
    ingest.batches.shift();
    if (book.version - this.#checkpointVersion >= this.#options.checkpointEvents) this.#checkpoint(book);
    if (ingest.batches.length > 0) {
      this.#append(book, ingest);
      return;
    }
    this.#ingest = null;
    ingest.done('folded');
    this.#finishIfIdle();
  }

  /** There is no room, or the disk does not answer: nothing is lost by waiting, and the source waits too. Anything else is fatal. */
  #stall(error: unknown): void {
    if (!(error instanceof EventLogError && passing.includes(error.code))) {
      throw this.#error('could not be written', error);
    }
    if (!this.#isStalled) this.#options.observer.stalled(this.#options.symbol, error);
    this.#isStalled = true;
    if (this.#finish === null) this.#context.startTimer('append_again', appendAgainMs, { type: 'append_again' });
    this.#finishIfIdle();
  }

  #checkpoint(book: SymbolBook): void {
    if (this.#isCheckpointing) return;
    const { log, stream, symbol, observer } = this.#options;
    const self = this.#context.self;
    this.#isCheckpointing = true;
    this.#checkpointVersion = book.version;
    log.saveCheckpoint(stream, { version: book.version, state: encodeSymbolBook(book) }).then(
      () => self.tell({ type: 'checkpointed' }),
      (error) => {
        // The log has everything; a missing checkpoint only makes the next start longer.
        observer.checkpointFailed(symbol, error);
        self.tell({ type: 'checkpointed' });
      },
    );
  }

  #error(what: string, cause: unknown): Error {
    return new Error(`stream ${this.#options.stream} ${what}`, { cause });
  }

  #finishIfIdle(): void {
    if (this.#finish === null) return;
    // What could not be written is the source's to send again.
    if (this.#isStalled) this.#ingest = null;
    if (this.#ingest !== null || this.#isCheckpointing) return;
    const book = this.#book;
    if (book !== null && book.version > this.#checkpointVersion) {
      this.#checkpoint(book);
      return;
    }
    this.#finish();
    this.#finish = null;
  }

  #tick(tick: number): void {
    const book = this.#book;
    if (book === null) return;
    if (!this.#pictures.isAnyDue(tick)) {
      this.#tellLiquidations();
      return;
    }
    const { range, render, wallClock } = this.#options;
    const self = this.#context.self;
    const due = this.#pictures.due(book, tick, {
      epoch: this.#epoch,
      range,
      isStale: (venue) => this.#isStalled || this.#options.isSourceStale?.(venue) === true,
      timestamp: wallClock(),
      now: this.#context.now(),
      takeUnshown: () => this.#watch.takeUnshown(),
    });
    for (const { job, request } of due) {
      render(request).then(
        (frame) => self.tell({ type: 'rendered', tick, frame, job }),
        (error) => self.tell({ type: 'render_failed', error, job }),
      );
    }
    // Else with the first of the pictures: then both are one burst to a client.
    if (due.length === 0) this.#tellLiquidations();
  }

  #rendered(tick: number, rendered: RenderedSnapshot, job: RenderedJob): void {
    const renderedAt = this.#context.now();
    const shown = this.#pictures.rendered(tick, job, rendered);
    this.#tellLiquidations();
    if (shown === undefined) return;
    this.#options.observer.broadcast(shown.frame, shown.clients, this.#watch.shown(job, renderedAt));
  }

  #tellLiquidations(): void {
    for (const news of this.#options.liquidations) news.tell();
  }
}
