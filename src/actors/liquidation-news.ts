/**
 * From the fold to the clients: the liquidations of a symbol's stream, of all venues or of one, gathered until its actor tells them,
 * each once and in order.
 *
 * It outlives the actor. What was committed and not folded when an actor failed is read from the log when the next one begins.
 */
import type { EventLog } from '../log/event-log.ts';
import type { MarketEvent } from '../market/event.ts';
import { type EventBatch, eventAt, kindCodes } from '../market/event-batch.ts';
import { picturedBy } from '../market/picture-name.ts';
import type { VenueName } from '../market/venues.ts';
import type { Completeness, Liquidation, LiquidationsMessage } from '../protocol/liquidations-message.ts';

export interface LiquidationNewsOptions {
  /** See `picture-name.ts`: with a venue in it, only those of that venue. */
  readonly symbol: string;
  readonly completenessOf: (venue: VenueName | undefined) => Completeness;
  /** ms since 1970. */
  readonly wallClock: () => number;
  readonly tell: (message: LiquidationsMessage) => void;
}

/** In one message; of more the oldest are counted as missed. */
export const mostLiquidations = 1000;

type Event = Extract<MarketEvent, { kind: 'liquidation' }>;

export class LiquidationNews {
  readonly #options: LiquidationNewsOptions;
  /** Null: of all. */
  readonly #venue: VenueName | null;
  #epoch: string | null = null;
  /** Of the stream: everything up to here was told, or waits. */
  #version = 0;
  #toldVersion = 0;
  #waiting: Liquidation[] = [];
  #missed = 0;

  constructor(options: LiquidationNewsOptions) {
    this.#options = options;
    this.#venue = picturedBy(options.symbol).venue;
  }

  /**
   * A book was recovered. The first of an epoch only says where it begins.
   *
   * @throws {EventLogError}
   */
  async begin(log: EventLog, stream: string, epoch: string, version: number): Promise<void> {
    if (epoch === this.#epoch) {
      for await (const { fromVersion, batch } of log.read(stream, this.#version)) this.folded(batch, fromVersion);
    } else this.follow(epoch, version);
  }

  /** Others have told what there is up to here. */
  follow(epoch: string, version: number): void {
    this.#epoch = epoch;
    this.#version = version;
    this.#toldVersion = version;
  }

  /** Told by another writer of the stream. @returns false when something lies between that was not heard of. */
  heard(message: LiquidationsMessage): boolean {
    const { epoch, seq, prev_seq, missed } = message;
    if (epoch !== this.#epoch) this.follow(epoch, prev_seq);
    const from = this.#version;
    if (prev_seq > from) return false;
    if (seq <= from) return true;
    const data = message.data.filter((liquidation) => liquidation.seq > from);
    this.follow(epoch, seq);
    if (data.length > 0 || missed > 0) this.#options.tell({ ...message, prev_seq: from, data });
    return true;
  }

  /** What is known already is passed over. @param fromVersion of the stream before the batch. */
  folded(batch: EventBatch, fromVersion: number): void {
    const known = this.#version;
    this.#version = Math.max(fromVersion + batch.count, known);
    if (!batch.kind.includes(kindCodes.liquidation)) return;
    for (let i = Math.max(known - fromVersion, 0); i < batch.count; i++) {
      if (batch.kind[i] !== kindCodes.liquidation) continue;
      const event = eventAt(batch, i) as Event;
      if (this.#venue !== null && event.venue !== this.#venue) continue;
      this.#waiting.push(this.#liquidation(event, fromVersion + i + 1));
    }
    const over = this.#waiting.length - mostLiquidations;
    if (over > 0) {
      this.#waiting.splice(0, over);
      this.#missed += over;
    }
  }

  /** Without effect when there are none. */
  tell(): void {
    if (this.#waiting.length === 0 || this.#epoch === null) return;
    const { symbol, wallClock, tell } = this.#options;
    const message: LiquidationsMessage = {
      type: 'liquidations',
      symbol,
      timestamp: new Date(wallClock()).toISOString(),
      epoch: this.#epoch,
      seq: this.#version,
      prev_seq: this.#toldVersion,
      missed: this.#missed,
      data: this.#waiting,
    };
    this.#toldVersion = this.#version;
    this.#waiting = [];
    this.#missed = 0;
    tell(message);
  }

  #liquidation({ time, venue, side, price, quantity }: Event, seq: number): Liquidation {
    return {
      seq,
      time: new Date(time).toISOString(),
      ...(venue !== undefined && { venue }),
      side,
      price,
      quantity,
      usd: Math.round(price * quantity * 100) / 100,
      completeness: this.#options.completenessOf(venue),
    };
  }
}
