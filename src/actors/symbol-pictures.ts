/**
 * The pictures that a symbol's actor shows: one sequence and one channel for all venues together and, where there are several, for each
 * of them. At most one picture of each is being made; ticks that pass meanwhile are served by the next.
 */
import { sideScales } from '../market/book-window.ts';
import { type SymbolBook, viewOf } from '../market/symbol-book.ts';
import type { VenueName } from '../market/venues.ts';
import type { FrameChannel } from '../streams/frame-channel.ts';
import type { RenderedSnapshot, SnapshotJob } from '../workers/snapshot-job.ts';
import { PictureSequence } from './picture-sequence.ts';
import type { RenderedJob, SymbolFrame } from './symbol-frame.ts';
import type { FoldTimes } from './symbol-options.ts';

export interface PictureChannel {
  /** See `picture-name.ts`. */
  readonly name: string;
  readonly venue: VenueName | null;
  readonly channel: FrameChannel<SymbolFrame>;
}

/** What a picture is made with beside its books. */
export interface PictureCircumstances {
  readonly epoch: string;
  readonly range: number;
  readonly isStale: (venue: VenueName | null) => boolean;
  readonly timestamp: number;
  /** By the actor's clock. */
  readonly now: number;
  /** The first batch that no picture showed. */
  readonly takeUnshown: () => FoldTimes | null;
}

interface Shown {
  readonly of: PictureChannel;
  readonly sequence: PictureSequence;
  job: RenderedJob | null;
}

export class SymbolPictures {
  readonly #shown: readonly Shown[];

  constructor(channels: readonly PictureChannel[]) {
    this.#shown = channels.map((of) => ({ of, sequence: new PictureSequence(), job: null }));
  }

  /** What an earlier incarnation has shown of this epoch is not shown again. */
  goOnFrom(book: SymbolBook, epoch: string): void {
    for (const { of, sequence } of this.#shown) {
      const { latest } = of.channel;
      sequence.goOnFrom(viewOf(book, of.venue), latest?.epoch === epoch ? latest : undefined);
    }
  }

  /** Whether there may be some: of hundreds of symbols nearly none has one at most ticks. */
  isAnyDue(tick: number): boolean {
    for (const { job, of } of this.#shown) if (job === null && of.channel.isDue(tick)) return true;
    return false;
  }

  /** Those that somebody waits for at this tick and that would show something new; the others are settled. */
  due(
    book: SymbolBook,
    tick: number,
    circumstances: PictureCircumstances,
  ): { job: RenderedJob; request: SnapshotJob }[] {
    return this.#shown.flatMap((shown) => {
      const { of, sequence } = shown;
      if (shown.job !== null || !of.channel.isDue(tick)) return [];
      const view = viewOf(book, of.venue);
      if (Number.isNaN(view.price)) return [];
      const { epoch, range, timestamp, now, takeUnshown } = circumstances;
      const isStale = circumstances.isStale(of.venue);
      if (sequence.shows(view, isStale)) {
        of.channel.settle(tick, undefined);
        return [];
      }
      const request = sequence.request(view, of.name, epoch, range, timestamp, isStale);
      const fold = of.venue === null ? takeUnshown() : null;
      shown.job = { facts: request.facts, sides: sideScales(view), startedAt: now, fold };
      return [{ job: shown.job, request: { ...request, isDeflated: of.channel.wants('deflated') } }];
    });
  }

  /** @returns the channel of a job that has ended, with the finished picture if it is news; `undefined`: nobody waits for it any more. */
  rendered(
    tick: number,
    job: RenderedJob,
    rendered: RenderedSnapshot,
  ): { frame: SymbolFrame; clients: number } | undefined {
    const shown = this.#end(job);
    if (shown === undefined) return undefined;
    const { channel } = shown.of;
    const frame = shown.sequence.take(job, rendered);
    channel.settle(tick, frame);
    return frame && { frame, clients: channel.subscribers };
  }

  /** @returns whether anybody waited for it. */
  failed(job: RenderedJob): boolean {
    return this.#end(job) !== undefined;
  }

  #end(job: RenderedJob): Shown | undefined {
    const shown = this.#shown.find((each) => each.job === job);
    if (shown !== undefined) shown.job = null;
    return shown;
  }
}
