/** Reads feeds under a clock that is moved by hand. */
import type { Feed, ResumePoint } from '../../src/feed/feed.ts';
import type { SymbolObservation } from '../../src/market/event.ts';

export const nothingSeen: ReadonlyMap<string, ResumePoint> = new Map();

/** All that a feed gives before it ends. */
export async function readAll(feed: Feed, resume = nothingSeen): Promise<SymbolObservation[]> {
  const all: SymbolObservation[] = [];
  for await (const chunk of feed.observations(resume, new AbortController().signal)) all.push(...chunk);
  return all;
}

/** Reads in the background; `settle` returns when the feed waits for its clock or has ended. */
export class FeedReader {
  readonly seen: SymbolObservation[] = [];
  readonly chunks: number[] = [];
  readonly #abort = new AbortController();
  readonly ended: Promise<void>;

  constructor(feed: Feed, resume = nothingSeen) {
    const read = async () => {
      for await (const chunk of feed.observations(resume, this.#abort.signal)) {
        this.seen.push(...chunk);
        this.chunks.push(chunk.length);
      }
    };
    this.ended = read();
  }

  abort(): void {
    this.#abort.abort();
  }

  /** File reads and promises get as many turns as they need to come to rest. */
  async settle(): Promise<void> {
    for (let quiet = 0, last = -1; quiet < 20; quiet++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.seen.length !== last) quiet = 0;
      last = this.seen.length;
    }
  }
}

/** What a log that holds these observations of one symbol would resume from. */
export function resumeAfter(seen: readonly SymbolObservation[], symbol: string): ReadonlyMap<string, ResumePoint> {
  const mine = seen.filter((each) => each.symbol === symbol).map(({ observation }) => observation);
  if (mine.length === 0) return nothingSeen;
  const lastIds: Record<string, number> = {};
  for (const { kind, id } of mine) lastIds[kind] = id;
  return new Map([[symbol, { firstTime: mine[0]!.time, lastTime: mine.at(-1)!.time, lastIds }]]);
}
