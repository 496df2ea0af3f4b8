/** What a symbol actor is given, and whom it tells of itself. */
import type { EventLog } from '../log/event-log.ts';
import type { Model } from '../market/book.ts';
import type { CountedKind } from '../market/event.ts';
import type { SymbolBook } from '../market/symbol-book.ts';
import type { VenueName } from '../market/venues.ts';
import type { RenderSnapshot } from '../workers/snapshot-job.ts';
import type { LiquidationNews } from './liquidation-news.ts';
import type { LiveScoreOptions } from './live-score.ts';
import type { SymbolFrame } from './symbol-frame.ts';
import type { PictureChannel } from './symbol-pictures.ts';

export interface SymbolActorOptions {
  readonly symbol: string;
  readonly stream: string;
  readonly epochIfNew: string;
  readonly log: EventLog;
  readonly pictures: readonly PictureChannel[];
  /** As many as there are pictures. */
  readonly liquidations: readonly LiquidationNews[];
  readonly render: RenderSnapshot;
  readonly model: Model;
  /** The source tells what it missed (`Feed.tellsGaps`). */
  readonly areGapsTold?: boolean;
  /** Whether the source, or what it says of a venue, has not been heard for too long. */
  readonly isSourceStale?: (venue: VenueName | null) => boolean;
  /** Share of the price shown on either side of it. */
  readonly range: number;
  readonly checkpointEvents: number;
  /** ms since 1970, for the timestamp of a picture. */
  readonly wallClock: () => number;
  readonly observer: SymbolObserver;
  /** How its pictures are scored; null or absent: not at all. */
  readonly score?: LiveScoreOptions | null;
}

/** How a batch came into the book. Times in ms since 1970, by the actor's clock. */
export interface FoldTimes {
  /** Of the stream, with the batch. */
  readonly seq: number;
  readonly events: number;
  /** Of the log, with the batch. */
  readonly position: number;
  /** Exchange time of its newest event. */
  readonly marketTime: number;
  readonly observedAt: number;
  readonly appendedAt: number;
  readonly committedAt: number;
  readonly foldedAt: number;
}

/** How a picture came to be. Times as above. */
export interface PictureTimes {
  /** The first batch that no picture before showed; null when this one says something else that is new. */
  readonly fold: FoldTimes | null;
  readonly startedAt: number;
  readonly renderedAt: number;
  /** All clients have been given it. */
  readonly settledAt: number;
}

/** What the world outside learns of a symbol: health, log lines, metrics. */
export interface SymbolObserver {
  recovered(symbol: string, epoch: string, book: SymbolBook, fromVersion: number, skippedCheckpoints: number): void;
  /** Told often while a long log is folded: events done, and events in all. */
  recovering(symbol: string, done: number, total: number): void;
  refused(symbol: string, reason: string): void;
  gap(symbol: string, from: number, to: number, of: CountedKind | undefined): void;
  /** A batch is on disk and in the book. */
  folded(symbol: string, fold: FoldTimes): void;
  broadcast(frame: SymbolFrame, clients: number, times: PictureTimes): void;
  renderFailed(symbol: string, error: unknown): void;
  checkpointFailed(symbol: string, error: unknown): void;
  /** Nothing can be written; the symbol takes in nothing until it is `resumed`. */
  stalled(symbol: string, error: Error): void;
  resumed(symbol: string): void;
}
