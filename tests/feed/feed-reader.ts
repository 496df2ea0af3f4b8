/** Reads feeds under a clock that is moved by hand. */
import type { Feed, ResumePoint } from '../../src/feed/feed.ts';
import type { SymbolObservation } from '../../src/market/event.ts';
import type { ManualClock } from '../support/manual-clock.ts';

export const nothingSeen: ReadonlyMap<string, ResumePoint> = new Map();

/** All that a feed gives before it ends. */
export async function readAll(feed: Feed, resume = nothingSeen): Promise<SymbolObservation[]> {
  const all: SymbolObservation[] = [];
  for await (const chunk of feed.observations(resume, new AbortController().signal))
    all.push(...(chunk as readonly SymbolObservation[]));
  return all;
}

/** Reads a feed in the background, one that has `clock` to itself. */
export class FeedReader {
  readonly seen: SymbolObservation[] = [];
  readonly chunks: number[] = [];
  readonly #abort = new AbortController();
  readonly ended: Promise<void>;
  readonly #clock: ManualClock;
  #hasEnded = false;

  constructor(feed: Feed, clock: ManualClock, resume = nothingSeen) {
    this.#clock = clock;
    const read = async () => {
      for await (const chunk of feed.observations(resume, this.#abort.signal)) {
        this.seen.push(...(chunk as readonly SymbolObservation[]));
        this.chunks.push(chunk.length);
      }
    };
    this.ended = read().finally(() => {
      this.#hasEnded = true;
    });
  }

  abort(): void {
    this.#abort.abort();
  }

  /** Returns when the feed waits for its clock or has ended, however many turns its file reads need. */
  async settle(): Promise<void> {
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#clock.pendingTimers === 0 && !this.#hasEnded);
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
