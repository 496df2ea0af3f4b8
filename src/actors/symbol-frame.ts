/**
 * A finished picture, one object for all clients, and the deltas that lead to it: each is made when the first client needs it, and
 * then shared by all that come from the same picture.
 */
import { deflatedFrame } from '../protocol/deflated-frame.ts';
import { deltaFrame, type Picture } from '../protocol/delta-frame.ts';
import type { RenderedJobFacts } from '../workers/rendered-job.ts';
import type { RenderedSnapshot } from '../workers/snapshot-job.ts';
import type { FoldTimes } from './symbol-options.ts';

/** A delta in the forms in which somebody took it; null: the whole picture is no larger. */
interface Delta {
  plain: Uint8Array | null;
  deflated: Uint8Array | null | undefined;
}

export class SymbolFrame {
  readonly symbol: string;
  readonly epoch: string;
  readonly seq: number;
  readonly bytes: Uint8Array;
  /** The same compressed, when somebody takes it so. */
  readonly deflated: Uint8Array | null;
  /** What deltas are made of, in shared memory. */
  readonly picture: Picture;
  /** By the seq that they begin with. No more than there are recent frames. */
  readonly #deltas = new Map<number, Delta>();

  constructor(bytes: Uint8Array, deflated: Uint8Array | null, picture: Picture) {
    this.symbol = picture.facts.symbol;
    this.epoch = picture.facts.epoch;
    this.seq = picture.facts.seq;
    this.bytes = asBuffer(bytes);
    this.deflated = deflated === null ? null : asBuffer(deflated);
    this.picture = picture;
  }

  whole(takesDeflated: boolean): Uint8Array {
    return takesDeflated ? (this.deflated ?? this.bytes) : this.bytes;
  }

  /** A delta to this picture that was made elsewhere. */
  learn(fromSeq: number, plain: Uint8Array, deflated: Uint8Array | null): void {
    this.#deltas.set(fromSeq, { plain: asBuffer(plain), deflated: deflated === null ? undefined : asBuffer(deflated) });
  }

  /**
   * What turns the picture of `from` into this one, in as few bytes as there are: a delta, or the whole picture.
   *
   * @param encoded hears of each that had to be made.
   */
  after(from: SymbolFrame, takesDeflated: boolean, encoded: () => void): Uint8Array {
    // The same picture again says something else than its levels: that it is stale.
    if (from.seq === this.seq) return this.whole(takesDeflated);
    let delta = this.#deltas.get(from.seq);
    if (delta === undefined) {
      delta = { plain: smaller(deltaFrame(from.picture, this.picture), this.bytes), deflated: undefined };
      this.#deltas.set(from.seq, delta);
      encoded();
    }
    if (delta.plain === null) return this.whole(takesDeflated);
    if (!takesDeflated) return delta.plain;
    if (delta.deflated === undefined) {
      delta.deflated = smaller(deflatedFrame(delta.plain), this.whole(true));
      encoded();
    }
    return delta.deflated ?? this.whole(true);
  }
}

/** A render job under way. */
export interface RenderedJob extends RenderedJobFacts {
  readonly startedAt: number;
  /** The first batch that it is the first to show. */
  readonly fold: FoldTimes | null;
}

export function symbolFrameOf({ facts, sides }: RenderedJobFacts, snapshot: RenderedSnapshot): SymbolFrame {
  const { bytes, deflated, levels, checksum } = snapshot;
  return new SymbolFrame(bytes, deflated, { facts, sides, levels, checksum });
}

function smaller(bytes: Uint8Array, than: Uint8Array): Uint8Array | null {
  return bytes.length < than.length ? asBuffer(bytes) : null;
}

/** A socket would wrap plain bytes in a Buffer at every write. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return Buffer.from(buffer, byteOffset, byteLength);
}
