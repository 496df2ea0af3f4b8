/** What the servers of a simulation say of themselves: what clients were shown is held against it. */
import type { SymbolFrame } from '../../src/actors/symbol-frame.ts';

export interface Broadcast {
  readonly symbol: string;
  readonly epoch: string;
  readonly seq: number;
  /** Seq of the server's picture before, or of the recovery, since which it counts what was created and consumed. */
  readonly since: number;
  /** It says that it could not be renewed. */
  readonly isStale: boolean;
}

export class PictureLedger {
  readonly #broadcasts = new Map<string, Broadcast>();
  readonly #last = new Map<string, Broadcast>();
  readonly #recovered = new Map<string, number>();
  /** Errors of actors, with the actor's path. */
  readonly failures: { readonly path: string; readonly error: unknown }[] = [];
  /** Pictures that one server made a second time. */
  readonly repeated: Broadcast[] = [];
  recoveries = 0;

  get broadcasts(): Iterable<Broadcast> {
    return this.#broadcasts.values();
  }

  serverStarted(): void {
    this.#last.clear();
  }

  recovered(symbol: string, seq: number): void {
    this.recoveries++;
    this.#recovered.set(symbol, seq);
  }

  broadcast({ symbol, epoch, seq, picture }: SymbolFrame): void {
    const last = this.#last.get(symbol);
    const isStale = picture.facts.isStale === true;
    const broadcast = { symbol, epoch, seq, since: last?.seq ?? this.#recovered.get(symbol)!, isStale };
    if (last?.seq === seq && last.isStale === isStale) this.repeated.push(broadcast);
    this.#last.set(symbol, broadcast);
    this.#broadcasts.set(keyOf(symbol, epoch, seq, picture.facts.timestamp), broadcast);
  }

  /** A picture of one seq may be made again, by a server that was started again, or to say that it is stale: then its time is another. */
  broadcastOf(symbol: string, epoch: string, seq: number, timestamp: number): Broadcast | undefined {
    return this.#broadcasts.get(keyOf(symbol, epoch, seq, timestamp));
  }
}

/** @param timestamp of which a client is told whole ms. */
function keyOf(symbol: string, epoch: string, seq: number, timestamp: number): string {
  return `${symbol} ${epoch} ${seq} ${Math.floor(timestamp)}`;
}
