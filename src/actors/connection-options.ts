/** What every connection actor is given: the offer, its limits, and where it counts. */
import type { VenueName } from '../market/venues.ts';
import type { FrameChannel } from '../streams/frame-channel.ts';
import type { NewsDesk } from './news-desk.ts';
import type { ReplaySlots, ReplaySource } from './replay-source.ts';
import type { SymbolFrame } from './symbol-frame.ts';
import type { TokenBucketLimits } from './token-bucket.ts';
import type { TurnCounter } from './turn-counter.ts';

export interface ConnectionOptions {
  /** Symbols on offer, in the order in which errors name them. */
  readonly symbols: readonly string[];
  /** Of each symbol: all together, and each by a name of its own (`picture-name.ts`). */
  readonly venues: readonly VenueName[];
  /** Names of the pictures on offer. */
  readonly pictures: ReadonlySet<string>;
  readonly channelOf: (name: string) => FrameChannel<SymbolFrame>;
  readonly news: NewsDesk;
  /** Whether other servers show the same pictures, and may be ahead with one. */
  readonly isOneOfMany: boolean;
  readonly tickMs: number;
  readonly defaultIntervalMs: number;
  readonly ackWindow: number;
  /** How often a client that reads promptly is asked for an acknowledgement; 0: at every frame. */
  readonly ackSampleMs: number;
  readonly turns: TurnCounter;
  readonly maxQueueSize: number;
  /** Messages of one channel and symbol that may wait, where each counts. */
  readonly newsQueueSize: number;
  readonly messageRate: TokenBucketLimits;
  /** Messages refused in a row before the connection is closed. */
  readonly maxViolations: number;
  readonly counters: ConnectionCounters;
  readonly replays: ReplaySource;
  readonly replaySlots: ReplaySlots;
}

/** Counts that all connections share. */
export interface ConnectionCounters {
  messageSent(): void;
  /** Beside `messageSent`: a picture, or news. */
  frameSent(symbol: string): void;
  /** A client with these subscriptions became slow. */
  becameSlow(symbols: Iterable<string>): void;
  frameDropped(symbol: string): void;
  readonly deltaEncoded: () => void;
  /** A client has read what was sent this long ago, in ms. At most once in `ackSampleMs` while it keeps up. */
  acknowledged(afterMs: number): void;
}
