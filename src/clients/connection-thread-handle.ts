/** The main thread's end of one connection thread: starts it, relays to it, and keeps its demand for frames. */
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { Subscription } from 'rxjs';
import type { NewsDesk } from '../actors/news-desk.ts';
import type { ReplaySource } from '../actors/replay-source.ts';
import type { SymbolFrame } from '../actors/symbol-frame.ts';
import type { FrontDesk } from '../server/front-desk.ts';
import { type HttpAnswer, internalError } from '../server/http-answer.ts';
import type { FrameChannel } from '../streams/frame-channel.ts';
import { programFile } from '../workers/program-file.ts';
import type { ClientTotals } from './client-side.ts';
import {
  type FromThread,
  type GatheredAnswer,
  sharedFrame,
  type ThreadData,
  type ToThread,
} from './thread-messages.ts';

export interface ConnectionThreadOptions {
  readonly data: ThreadData;
  readonly channels: ReadonlyMap<string, FrameChannel<SymbolFrame>>;
  readonly news: NewsDesk;
  readonly desk: FrontDesk;
  readonly replays: ReplaySource;
  /** A request was not answered by a fault of this program. */
  readonly failed: (target: string, error: unknown) => void;
}

/** What lives short here is small; V8's own choice would cost tens of MB a thread. Three semi-spaces of 4 MB. */
const youngGenerationMb = 12;

export class ConnectionThread {
  readonly #options: ConnectionThreadOptions;
  readonly #worker: Worker;
  readonly #demands = new Map<string, Subscription>();
  readonly #asked = new Map<number, PromiseWithResolvers<ClientTotals>>();
  readonly #listening = Promise.withResolvers<AddressInfo>();
  readonly #goodbye = Promise.withResolvers<void>();
  #id = 0;

  /** @param ended called once; `error` is null after a stop. */
  constructor(options: ConnectionThreadOptions, ended: (error: Error | null) => void) {
    this.#options = options;
    this.#worker = new Worker(programFile(new URL('./connection-thread.ts', import.meta.url)), {
      workerData: options.data,
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
    });
    // Whoever does not ask hears of a loss through `ended`.
    this.#listening.promise.catch(() => {});
    let failure: Error | null = null;
    this.#worker.on('error', (error) => {
      failure = error instanceof Error ? error : new Error(String(error));
    });
    this.#worker.once('exit', (code) => {
      const error = failure ?? (code === 0 ? null : new Error(`connection thread exited with code ${code}`));
      this.#release(error ?? new Error('the connection thread has stopped'));
      ended(error);
    });
    this.#worker.on('message', (message: FromThread) => this.#receive(message));
    this.#catchUp();
  }

  /** @throws what the thread failed of. */
  get listening(): Promise<AddressInfo> {
    return this.#listening.promise;
  }

  tell(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  totals(): Promise<ClientTotals> {
    const id = ++this.#id;
    const asked = Promise.withResolvers<ClientTotals>();
    this.#asked.set(id, asked);
    this.tell({ type: 'totals', id });
    return asked.promise;
  }

  /** Resolves when its clients are gone, or it is gone itself. */
  sayGoodbye(): Promise<void> {
    this.tell({ type: 'say_goodbye' });
    return this.#goodbye.promise;
  }

  async stop(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    this.tell({ type: 'stop' });
    await ended;
  }

  #receive(message: FromThread): void {
    switch (message.type) {
      case 'listening':
        this.#listening.resolve(message.address);
        return;
      case 'demanded':
        this.#demand(message);
        return;
      case 'request':
        void this.#answer(message);
        return;
      case 'replay':
        void this.#replay(message);
        return;
      case 'totals':
        this.#asked.get(message.id)?.resolve(message.totals);
        this.#asked.delete(message.id);
        return;
      case 'said_goodbye':
        this.#goodbye.resolve();
        return;
      default:
        message satisfies never;
    }
  }

  /** The thread's group counts here like a client: it makes its symbol due, and gets its frames as all threads do. */
  #demand({ symbol, everyTicks, form, isWanted }: Extract<FromThread, { type: 'demanded' }>): void {
    const key = `${symbol} ${everyTicks} ${form}`;
    this.#demands.get(key)?.unsubscribe();
    this.#demands.delete(key);
    const channel = this.#options.channels.get(symbol)!;
    if (isWanted) this.#demands.set(key, channel.every(everyTicks, form).subscribe());
  }

  async #answer({ id, question }: Extract<FromThread, { type: 'request' }>): Promise<void> {
    const answer = await this.#options.desk
      .answer(question)
      .then(gathered)
      .catch((error) => {
        this.#options.failed(question.target, error);
        return internalError;
      });
    this.tell({ type: 'answer', id, answer });
  }

  async #replay({ id, request }: Extract<FromThread, { type: 'replay' }>): Promise<void> {
    try {
      this.tell({ type: 'replay_step', id, step: await this.#options.replays.step(request) });
    } catch (error) {
      this.tell({ type: 'replay_failed', id, message: error instanceof Error ? error.message : String(error) });
    }
  }

  /** What was settled and told before it began. */
  #catchUp(): void {
    const settlements = [...this.#options.channels].flatMap(([symbol, { latest, tick }]) =>
      latest === undefined ? [] : [{ symbol, tick, frame: sharedFrame(latest) }],
    );
    const news = this.#options.news.recaps;
    if (settlements.length > 0 || news.length > 0) this.tell({ type: 'settled', settlements, news });
  }

  #release(error: Error): void {
    for (const demand of this.#demands.values()) demand.unsubscribe();
    this.#demands.clear();
    for (const { reject } of this.#asked.values()) reject(error);
    this.#asked.clear();
    this.#listening.reject(error);
    this.#goodbye.resolve();
  }
}

/** The pieces of a long answer are shared memory: the thread gets them all at once and copies none. */
async function gathered({ body, ...head }: HttpAnswer): Promise<GatheredAnswer> {
  return { ...head, body: typeof body === 'string' ? body : await allOf(body) };
}

async function allOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}
