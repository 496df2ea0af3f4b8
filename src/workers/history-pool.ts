/**
 * Questions about the past, answered by worker threads. The same question asked again while it is being answered is answered once, and
 * answers are kept while there is room: the past does not change.
 */
import { MessageChannel } from 'node:worker_threads';
import { HistoryAnswer } from './history-answer.ts';
import { type HistoryJob, type HistoryOutcome, HistoryTooLarge } from './history-job.ts';
import { programFile } from './program-file.ts';
import { TaskPool, type TaskPoolOptions, type TaskPoolStats, TaskRefused } from './task-pool.ts';

export interface HistoryPoolOptions {
  readonly threads: number;
  readonly maxQueue: number;
  readonly timeoutMs: number;
  /** Bytes of answers that are kept when nobody reads them. */
  readonly cacheBytes: number;
  /** Bytes of all answers, those included that slow readers have not taken yet; beyond it nothing new is begun. */
  readonly maxHeldBytes: number;
  readonly observe: TaskPoolOptions['observe'];
  readonly timed?: TaskPoolOptions['timed'];
}

export type HistoryQuestion = Omit<HistoryJob, 'cancelled' | 'port'>;

/** A piece that was handed over cannot be taken back. */
const attempts = 1;
const maxHeapMb = 512;

export class HistoryPool {
  readonly #options: HistoryPoolOptions;
  readonly #tasks: TaskPool<HistoryJob, HistoryOutcome>;
  /** By question; the one used longest ago first. */
  readonly #answers = new Map<string, HistoryAnswer>();
  /** Those that are kept, and those that somebody still reads. */
  readonly #held = new Set<HistoryAnswer>();
  #hits = 0;
  #misses = 0;

  constructor(options: HistoryPoolOptions) {
    this.#options = options;
    const filename = programFile(new URL('./history-task.ts', import.meta.url));
    this.#tasks = new TaskPool({ ...options, attempts, maxHeapMb, filename });
  }

  /**
   * @param key names the question and everything that its answer depends on.
   * @throws {TaskRefused} when too much is held for slow readers.
   */
  ask(key: string, question: HistoryQuestion): HistoryAnswer {
    const known = this.#answers.get(key);
    if (known !== undefined) {
      this.#hits++;
      this.#answers.delete(key);
      this.#answers.set(key, known);
      return known;
    }
    if (this.#heldBytes() > this.#options.maxHeldBytes) {
      throw new TaskRefused('readers have not taken what was answered before');
    }
    this.#misses++;
    const answer = this.#begin(key, question);
    this.#answers.set(key, answer);
    return answer;
  }

  stats(): TaskPoolStats & { readonly cacheHits: number; readonly cacheMisses: number; readonly cachedBytes: number } {
    return {
      ...this.#tasks.stats(),
      cacheHits: this.#hits,
      cacheMisses: this.#misses,
      cachedBytes: this.#cachedBytes(),
    };
  }

  close(): Promise<void> {
    return this.#tasks.close();
  }

  #begin(key: string, question: HistoryQuestion): HistoryAnswer {
    const cancelled = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const { port1: pieces, port2: port } = new MessageChannel();
    const answer = new HistoryAnswer({
      abandoned: () => {
        Atomics.store(new Int32Array(cancelled), 0, 1);
        this.#answers.delete(key);
      },
      idle: () => {
        if (this.#answers.get(key) !== answer) this.#held.delete(answer);
      },
    });
    this.#held.add(answer);
    const settle = () => {
      if (!answer.isComplete) return;
      pieces.close();
      this.#makeRoom();
    };
    const drop = (error: Error) => {
      pieces.close();
      this.#answers.delete(key);
      this.#held.delete(answer);
      answer.fail(error);
    };
    pieces.on('message', (piece: Uint8Array) => {
      answer.push(piece);
      settle();
    });
    this.#tasks.run({ ...question, cancelled, port }, [port]).then((outcome) => {
      if (outcome.outcome === 'too_large') {
        drop(new HistoryTooLarge(`the answer is larger than ${question.maxBytes} bytes`));
        return;
      }
      answer.finish(outcome.pieces);
      settle();
    }, drop);
    return answer;
  }

  #makeRoom(): void {
    let bytes = this.#cachedBytes();
    for (const [key, answer] of this.#answers) {
      if (bytes <= this.#options.cacheBytes) return;
      if (!answer.isComplete) continue;
      this.#answers.delete(key);
      if (answer.readers === 0) this.#held.delete(answer);
      bytes -= answer.bytes;
    }
  }

  #heldBytes(): number {
    let bytes = 0;
    for (const answer of this.#held) bytes += answer.bytes;
    return bytes;
  }

  #cachedBytes(): number {
    let bytes = 0;
    for (const answer of this.#answers.values()) bytes += answer.bytes;
    return bytes;
  }
}
