/**
 * The event log as its thread is seen from the server: one call after another, each takes its time, some fail. When the server is cut
 * off, what was asked for last may have been written or not.
 */
import type { Clock } from '../../src/actors/kernel/clock.ts';
import {
  type AppendResult,
  type Checkpoint,
  EventLogError,
  type EventLogErrorCode,
  type StoredBatch,
  type StreamInfo,
} from '../../src/log/event-log.ts';
import { MemoryEventLog, type MemoryStore } from '../../src/log/memory-event-log.ts';
import type { EventBatch } from '../../src/market/event-batch.ts';
import type { Dice } from './dice.ts';
import { type Faults, injected } from './faults.ts';
import type { Mutant } from './mutant.ts';

export interface SimulatedLogOptions {
  readonly store: MemoryStore;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly faults: Faults;
  readonly mutant: Mutant;
}

interface Call {
  /** Changes the store; answers what the caller is told. */
  readonly work: () => Promise<() => void>;
  readonly reject: (error: unknown) => void;
}

export class SimulatedLog extends MemoryEventLog {
  readonly #clock: Clock;
  readonly #dice: Dice;
  readonly #faults: Faults;
  readonly #answersEarly: boolean;
  readonly #queue: Call[] = [];
  #answerAt = 0;
  #unanswered = 0;

  constructor({ store, clock, dice, faults, mutant }: SimulatedLogOptions) {
    super(store);
    this.#clock = clock;
    this.#dice = dice.fork('log');
    this.#faults = faults;
    this.#answersEarly = mutant.answersEarly ?? false;
  }

  /** Calls that were not answered yet. */
  get pending(): number {
    return this.#unanswered;
  }

  override openStream(stream: string, epochIfNew: string): Promise<StreamInfo> {
    return this.#call(() => {
      if (this.#faults.take('openings')) throw failure('corrupt', 'the stream could not be opened');
      return super.openStream(stream, epochIfNew);
    });
  }

  override append(stream: string, expectedVersion: number, batch: EventBatch): Promise<AppendResult> {
    const written = this.#call(async () => {
      const fate = this.#faults.takeAppend(stream, this.#clock.now());
      if (fate === 'corrupt') throw failure('corrupt', 'the store is damaged');
      if (fate === 'write_failed') throw failure('write_failed', 'the disk is full');
      const result = await super.append(stream, expectedVersion, batch);
      if (fate === 'answer_lost') throw failure('write_failed', 'the answer was lost');
      return result;
    });
    if (!this.#answersEarly) return written;
    written.catch(() => {});
    return Promise.resolve({ outcome: 'appended', version: expectedVersion + batch.count, position: 0 });
  }

  override async *read(stream: string, fromVersion: number): AsyncIterable<StoredBatch> {
    const batches = await this.#call(async () => {
      const all: StoredBatch[] = [];
      for await (const batch of super.read(stream, fromVersion)) all.push(batch);
      return all;
    });
    yield* batches;
  }

  override saveCheckpoint(stream: string, checkpoint: Checkpoint): Promise<void> {
    return this.#call(() => {
      if (this.#clock.now() < this.#faults.outageUntil) throw failure('write_failed', 'the disk is full');
      if (!this.#faults.take('damagedCheckpoints')) return super.saveCheckpoint(stream, checkpoint);
      const half = checkpoint.state.subarray(0, checkpoint.state.length >> 1);
      return super.saveCheckpoint(stream, { ...checkpoint, state: half });
    });
  }

  override close(): Promise<void> {
    return this.#call(() => super.close());
  }

  /** The server is gone: of what it had asked for, the first calls reached the store. Nobody is answered. */
  async cut(): Promise<void> {
    const reached = this.#dice.whole(0, this.#queue.length);
    for (const { work } of this.#queue.splice(0).slice(0, reached)) await work();
  }

  #call<T>(work: () => Promise<T>): Promise<T> {
    this.#unanswered++;
    return new Promise<T>((resolve, reject) => {
      const done = async () => {
        try {
          const answer = await work();
          return () => resolve(answer);
        } catch (error) {
          return () => reject(error);
        }
      };
      if (this.#queue.push({ work: done, reject }) === 1) this.#serveNext();
    });
  }

  #serveNext(): void {
    this.#clock.setTimer(async () => {
      const answer = await this.#queue[0]!.work();
      this.#queue.shift();
      this.#answer(answer);
      if (this.#queue.length > 0) this.#serveNext();
    }, latency(this.#dice));
  }

  #answer(answer: () => void): void {
    const now = this.#clock.now();
    this.#answerAt = Math.max(this.#answerAt, now + this.#dice.ms(0, 1));
    this.#clock.setTimer(() => {
      this.#unanswered--;
      answer();
    }, this.#answerAt - now);
  }
}

/** ms: of a disk that mostly syncs at once, and sometimes has something else to do. */
function latency(dice: Dice): number {
  return dice.chance(0.97) ? dice.ms(0.25, 8) : dice.ms(8, 800);
}

function failure(code: EventLogErrorCode, what: string): EventLogError {
  return new EventLogError(code, `${injected}: ${what}`);
}
