/**
 * A feed that hears on a thread of its own, so that thousands of frames a second are read and put in order beside the books and not before
 * them. One chunk is under way at a time.
 */
import { Worker } from 'node:worker_threads';
import { type Feed, FeedError, type ResumePoint } from '../feed/feed.ts';
import { VenueListening, type VenueListeningOptions } from '../feed/venues/venue-listening.ts';
import type { SymbolObservation, Told } from '../market/event.ts';
import type { FeedThreadData, FromFeedThread, LineLevel, ListeningState, ToFeedThread } from './feed-messages.ts';
import { programFile } from './program-file.ts';
import { type ToldColumns, toldOfColumns } from './told-columns.ts';

export interface ThreadedFeedOptions<S> extends Omit<VenueListeningOptions, 'venues' | 'agreements'> {
  readonly name: string;
  /** As it is called in the sources. */
  readonly program: URL;
  /** Cloned to the thread. */
  readonly settings: S;
  readonly line: (level: LineLevel, fields: object) => void;
}

const nothingHeard: ListeningState = { venues: [], agreements: [] };

export class ThreadedFeed<S> implements Feed {
  readonly name: string;
  readonly simulated = false;
  readonly tellsGaps = true;
  readonly listening: VenueListening;
  readonly #options: ThreadedFeedOptions<S>;
  #state = nothingHeard;

  constructor(options: ThreadedFeedOptions<S>) {
    this.name = options.name;
    this.#options = options;
    this.listening = new VenueListening({
      ...options,
      venues: () =>
        this.#state.venues.map(({ name, lastEventAt, health }) => ({
          name,
          lastEventAt,
          health: (isStale) => ({ ...health, stale: isStale }),
        })),
      agreements: () => this.#state.agreements,
    });
  }

  async *observations(
    resume: ReadonlyMap<string, ResumePoint>,
    signal: AbortSignal,
  ): AsyncGenerator<readonly SymbolObservation<Told>[]> {
    if (signal.aborted) return;
    const { program, settings } = this.#options;
    const worker = new Worker(programFile(program), {
      workerData: { settings, resume } satisfies FeedThreadData<S>,
    });
    const say = (message: ToFeedThread) => worker.postMessage(message);
    const stop = () => say('stop');
    signal.addEventListener('abort', stop, { once: true });
    const chunks = new ChunkInbox(worker, (message) => this.#told(message));
    try {
      for (;;) {
        const chunk = await chunks.next();
        if (chunk === null) return;
        yield toldOfColumns(chunk);
        say('taken');
      }
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
      await chunks.ended;
      this.#state = unheard(this.#state);
    }
  }

  #told(message: Exclude<FromFeedThread, { type: 'chunk' }>): void {
    if (message.type === 'state') this.#state = message.state;
    else this.#options.line(message.level, message.fields);
  }
}

/** What was counted stays; nothing is connected any more. */
function unheard({ venues, agreements }: ListeningState): ListeningState {
  const ended = venues.map((venue) => ({ ...venue, health: { ...venue.health, connected: false, connections: 0 } }));
  return { venues: ended, agreements };
}

/** The chunks of a thread one after another, and its end. */
class ChunkInbox {
  /** Resolves when the thread is gone, however it ended. */
  readonly ended: Promise<void>;
  #next = Promise.withResolvers<ToldColumns | null>();

  constructor(worker: Worker, told: (message: Exclude<FromFeedThread, { type: 'chunk' }>) => void) {
    const ended = Promise.withResolvers<void>();
    this.ended = ended.promise;
    worker.on('message', (message: FromFeedThread) => {
      if (message.type === 'chunk') this.#next.resolve(message.chunk);
      else told(message);
    });
    worker.once('error', (cause) => {
      // It is heard when the next chunk is asked for.
      this.#next.promise.catch(() => {});
      this.#next.reject(new FeedError(`the thread of the source failed: ${messageOf(cause)}`, { cause }));
    });
    worker.once('exit', () => {
      this.#next.resolve(null);
      ended.resolve();
    });
  }

  /** @returns null: there are no more. @throws {FeedError} when the thread failed. */
  async next(): Promise<ToldColumns | null> {
    const chunk = await this.#next.promise;
    // The next is sent only when it was asked for; an end stays the end.
    if (chunk !== null) this.#next = Promise.withResolvers();
    return chunk;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
