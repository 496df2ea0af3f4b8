/**
 * Shows the pictures of one symbol that another node writes: each as it comes, and those that were missed out of what Redis keeps. When
 * nothing is heard for a while, the last picture is shown on, marked stale.
 */
import { SymbolFrame } from '../actors/symbol-frame.ts';
import type { RedisClient } from '../log/redis-client.ts';
import { snapshotFrame } from '../protocol/snapshot-frame.ts';
import type { FrameChannel } from '../streams/frame-channel.ts';
import { decodeFrame, type FrameHeader, type TravellingFrame } from './frame-codec.ts';

export interface FrameFollowerOptions {
  readonly client: RedisClient;
  readonly symbol: string;
  /** Key of the pictures that Redis keeps. */
  readonly frames: string;
  readonly channel: FrameChannel<SymbolFrame>;
  /** ms since 1970. */
  readonly wallClock: () => number;
  /** After a silence of this long the picture is stale. The writer tells at every tick that it is there. */
  readonly staleAfterMs: number;
  readonly observer: FollowerObserver;
}

export interface FollowerObserver {
  /** Something was heard. @param lagMs from the making of the picture to its arrival; null: it has no picture that has just come. */
  heard(symbol: string, header: FrameHeader, lagMs: number | null): void;
  /** Pictures were missed, and so many of them found again. */
  repaired(symbol: string, found: number): void;
  stale(symbol: string, isStale: boolean): void;
  failed(symbol: string, error: unknown): void;
}

type Entry = readonly [id: Buffer, fields: readonly Buffer[]];

/** Messages that wait behind a repair. */
const mostWaiting = 64;

export class FrameFollower {
  readonly #options: FrameFollowerOptions;
  #isFollowing = false;
  #isStale = false;
  #heardAt: number;
  /** What comes during a repair waits behind it. */
  #repair: Promise<void> | null = null;
  #waiting: TravellingFrame[] = [];
  /** The last true picture. */
  #latest: SymbolFrame | undefined;

  constructor(options: FrameFollowerOptions) {
    this.#options = options;
    this.#heardAt = options.wallClock();
  }

  /** From now on another node writes, or nobody. @param isCutOff nothing has been heard for long. */
  begin(isCutOff = false): void {
    this.#isFollowing = true;
    this.#heardAt = isCutOff ? Number.NEGATIVE_INFINITY : this.#options.wallClock();
    this.#latest = this.#options.channel.latest;
    this.check();
    this.#catchUp();
  }

  /** This node writes itself. */
  end(): void {
    this.#isFollowing = false;
    this.#setStale(false);
  }

  /** Whatever came on the channel: bytes that are no message are told of, and change nothing. */
  receive(bytes: Buffer): void {
    if (!this.#isFollowing) return;
    for (const message of this.#decoded(bytes)) this.#take(message);
  }

  /** Asked now and then: how long it has been silent. */
  check(): void {
    const { wallClock, staleAfterMs, channel } = this.#options;
    if (!this.#isFollowing || this.#isStale || this.#latest === undefined) return;
    if (wallClock() - this.#heardAt < staleAfterMs) return;
    this.#setStale(true);
    if (!isStale(this.#latest)) channel.settleForAll(staleFrame(this.#latest));
  }

  /** The subscription was lost for a while. */
  resubscribed(): void {
    if (this.#isFollowing) this.#catchUp();
  }

  #take(message: TravellingFrame): void {
    const { header, frame } = message;
    const isGap = frame !== null && !isSame(header.picture?.previous, this.#latest) && !isSame(frame, this.#latest);
    if (this.#repair === null && !isGap) {
      this.#show(message, true);
      return;
    }
    // Those that fall out hold nothing that the newest does not.
    if (this.#waiting.push(message) > mostWaiting) this.#waiting.shift();
    this.#catchUp();
  }

  /** @param isLive it has just come, and was not looked up. */
  #show({ header, frame }: TravellingFrame, isLive: boolean): void {
    const { symbol, channel, wallClock, observer } = this.#options;
    this.#heardAt = wallClock();
    // A writer that has slept may tell of what was long ago.
    if (frame !== null && this.#latest?.epoch === frame.epoch && frame.seq < this.#latest.seq) return;
    const isKnown = frame === null || (isSame(frame, this.#latest) && isStale(frame) === isStale(this.#latest!));
    const shown = !isKnown || this.#isStale ? (frame ?? this.#latest) : undefined;
    if (!isKnown) this.#latest = frame;
    this.#setStale(false);
    channel.settle(header.tick, shown);
    observer.heard(symbol, header, frame === null || !isLive ? null : wallClock() - frame.picture.facts.timestamp);
  }

  #catchUp(): void {
    if (this.#repair !== null) return;
    this.#repair = this.#readMissed()
      .catch((error) => this.#options.observer.failed(this.#options.symbol, error))
      .then(() => {
        this.#repair = null;
        for (const message of this.#waiting.splice(0)) if (this.#isFollowing) this.#show(message, true);
      });
  }

  async #readMissed(): Promise<void> {
    const { client, symbol, frames, observer } = this.#options;
    const before = this.#latest;
    const entries = (await client.callBuffer('XRANGE', frames, '-', '+')) as Entry[];
    if (!this.#isFollowing) return;
    const all = entries.flatMap(([, fields]) => this.#decoded(fields[1]!));
    const at = before === undefined ? -1 : all.findLastIndex(({ frame }) => isSame(frame, before));
    const missed = all.slice(at + 1);
    for (const message of missed) this.#show(message, false);
    if (before !== undefined && missed.length > 0) observer.repaired(symbol, missed.length);
  }

  /** One or none. */
  #decoded(bytes: Buffer): TravellingFrame[] {
    try {
      return [decodeFrame(bytes)];
    } catch (error) {
      this.#options.observer.failed(this.#options.symbol, error);
      return [];
    }
  }

  #setStale(isStale: boolean): void {
    if (isStale === this.#isStale) return;
    this.#isStale = isStale;
    this.#options.observer.stale(this.#options.symbol, isStale);
  }
}

function isStale({ picture }: SymbolFrame): boolean {
  return picture.facts.isStale === true;
}

interface Named {
  readonly epoch: string;
  readonly seq: number;
}

function isSame(a: Named | null | undefined, b: Named | undefined): boolean {
  return a?.epoch === b?.epoch && a?.seq === b?.seq;
}

/** The same picture, made again with a word more. */
function staleFrame({ picture }: SymbolFrame): SymbolFrame {
  const facts = { ...picture.facts, isStale: true };
  return new SymbolFrame(snapshotFrame(facts, picture.levels).bytes, null, { ...picture, facts });
}
