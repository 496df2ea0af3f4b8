/**
 * What clients were shown of a server, over all its lives. A picture that was shown is acknowledged: it must be in the log for ever,
 * and never again may a new life begin before it.
 */
import type { DeltaMessage, SnapshotMessage } from '../../src/protocol/server-message.ts';

/** What a picture says, in the numbers that a fold can be asked for. */
export interface ShownPicture {
  readonly checksum: number;
  readonly price: number;
  readonly created: number;
  readonly consumed: number;
}

export interface WitnessedStream {
  /** `undefined` before the server named one. */
  epoch: string | undefined;
  /** By seq. */
  readonly pictures: Map<number, ShownPicture>;
  /** The highest seq that was shown; and what it was when the server was last killed. */
  newest: number;
  newestBefore: number;
}

export class Witness {
  readonly streams: ReadonlyMap<string, WitnessedStream>;
  /** Times that a picture came: to several clients, whole and as a delta. */
  shown = 0;

  constructor(symbols: readonly string[]) {
    const stream = () => ({ epoch: undefined, pictures: new Map(), newest: 0, newestBefore: 0 });
    this.streams = new Map(symbols.map((symbol) => [symbol, stream()]));
  }

  get pictures(): number {
    return [...this.streams.values()].reduce((sum, { pictures }) => sum + pictures.size, 0);
  }

  /** The server is dead. */
  endLife(): void {
    for (const stream of this.streams.values()) stream.newestBefore = stream.newest;
  }

  /** @throws when the symbol's epoch is another one than before. */
  named(symbol: string, epoch: string): void {
    const stream = this.#stream(symbol);
    stream.epoch ??= epoch;
    if (stream.epoch !== epoch) throw new Error(`${symbol} was epoch ${stream.epoch} and is ${epoch}`);
  }

  /** @throws when it contradicts what was shown before. */
  saw({ symbol, epoch, seq, checksum, data }: SnapshotMessage | DeltaMessage): void {
    this.named(symbol, epoch);
    const stream = this.#stream(symbol);
    if (seq < stream.newestBefore) {
      throw new Error(`${symbol} shows seq ${seq}; before the kill it had shown ${stream.newestBefore}`);
    }
    const { current_price: price, positions_created_total: created, positions_consumed_total: consumed } = data;
    const shown: ShownPicture = { checksum, price, created, consumed };
    const before = stream.pictures.get(seq) ?? shown;
    if (!isSamePicture(before, shown)) {
      throw new Error(`${symbol} seq ${seq} is shown as ${told(shown)} and was shown as ${told(before)}`);
    }
    stream.pictures.set(seq, shown);
    stream.newest = Math.max(stream.newest, seq);
    this.shown++;
  }

  #stream(symbol: string): WitnessedStream {
    const stream = this.streams.get(symbol);
    if (stream === undefined) throw new Error(`nobody asked for ${symbol}`);
    return stream;
  }
}

export function isSamePicture(one: ShownPicture, other: ShownPicture): boolean {
  return (
    one.checksum === other.checksum &&
    one.price === other.price &&
    one.created === other.created &&
    one.consumed === other.consumed
  );
}

export function told({ checksum, price, created, consumed }: ShownPicture): string {
  return `checksum ${checksum}, price ${price}, ${created} created, ${consumed} consumed`;
}
