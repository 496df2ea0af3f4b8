/**
 * What the simulated feed has to say in the time of a simulation, recorded once: to open a market takes longer than to simulate a
 * server for half a minute. Played from the tape it is the same feed, chunk by chunk, also for a server that starts again.
 */
import type { Feed, ResumePoint } from '../../src/feed/feed.ts';
import { type FeedClock, waitUntil } from '../../src/feed/pace.ts';
import { createSimulatedFeed } from '../../src/feed/simulated-feed.ts';
import type { SymbolObservation } from '../../src/market/event.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface MarketOptions {
  readonly symbols: readonly string[];
  readonly seed: number;
  readonly historyMs: number;
  readonly startedAt: number;
  readonly lengthMs: number;
}

interface Chunk {
  /** When the feed gave it, ms. */
  readonly at: number;
  readonly observations: readonly SymbolObservation[];
}

export class MarketTape {
  static readonly #tapes = new Map<number, Promise<MarketTape>>();
  readonly #chunks: readonly Chunk[];

  private constructor(chunks: readonly Chunk[]) {
    this.#chunks = chunks;
  }

  /** Markets differ by their seed alone. */
  static of(options: MarketOptions): Promise<MarketTape> {
    const known = MarketTape.#tapes.get(options.seed) ?? record(options).then((chunks) => new MarketTape(chunks));
    MarketTape.#tapes.set(options.seed, known);
    return known;
  }

  play(clock: FeedClock): Feed {
    const chunks = this.#chunks;
    return {
      name: 'simulated',
      simulated: true,
      async *observations(resume, signal) {
        for (let next = 0; !signal.aborted; ) {
          const fresh: SymbolObservation[] = [];
          for (let chunk = chunks[next]; chunk !== undefined && chunk.at <= clock.now(); chunk = chunks[++next]) {
            fresh.push(...chunk.observations.filter((observation) => isNew(observation, resume)));
          }
          if (fresh.length > 0) yield fresh;
          else if (next < chunks.length) await waitUntil(clock, chunks[next]!.at, signal);
          else throw new Error('the tape is at its end');
        }
      },
    };
  }
}

function isNew({ symbol, observation }: SymbolObservation, resume: ReadonlyMap<string, ResumePoint>): boolean {
  return !(observation.id <= (resume.get(symbol)?.lastIds[observation.kind] ?? -1));
}

async function record({ startedAt, lengthMs, ...options }: MarketOptions): Promise<Chunk[]> {
  const clock = new VirtualClock(startedAt);
  const abort = new AbortController();
  const chunks: Chunk[] = [];
  const listen = async () => {
    const feed = createSimulatedFeed({ ...options, clock });
    for await (const observations of feed.observations(new Map(), abort.signal)) {
      chunks.push({ at: clock.now(), observations: observations as Chunk['observations'] });
    }
  };
  const listening = listen();
  do await new Promise<void>((resolve) => process.nextTick(resolve));
  while (clock.now() < startedAt + lengthMs && clock.fireNext());
  abort.abort();
  await listening;
  return chunks;
}
