/** What a client in delta mode has on its screen, and what brings it to a newer picture. */
import type { RecentFrames } from '../streams/recent-frames.ts';
import type { SymbolFrame } from './symbol-frame.ts';

export interface ShownPicturesOptions {
  recentOf(symbol: string): RecentFrames<SymbolFrame>;
  readonly takesDeflated: boolean;
  /** A delta had to be made. */
  encoded(): void;
}

/** A picture as a client names it that has it. */
export interface PictureName {
  readonly epoch: string;
  readonly seq: number;
}

const nothing = -1;

export class ShownPictures {
  readonly #options: ShownPicturesOptions;
  /** Seq of what was last given, by symbol in delta mode; `nothing` before the first. */
  readonly #seqs = new Map<string, number>();

  constructor(options: ShownPicturesOptions) {
    this.#options = options;
  }

  /** @returns the picture that the client says it has, if it is still there: it goes on from that one. */
  begin(symbol: string, has: PictureName | undefined): SymbolFrame | undefined {
    const frame = has === undefined ? undefined : this.#options.recentOf(symbol).at(has.seq);
    const shown = frame?.epoch === has?.epoch ? frame : undefined;
    this.#seqs.set(symbol, shown?.seq ?? nothing);
    return shown;
  }

  end(symbol: string): void {
    this.#seqs.delete(symbol);
  }

  /** Takes it that the client will have the frame. */
  bytesFor(frame: SymbolFrame): Uint8Array {
    const { recentOf, takesDeflated, encoded } = this.#options;
    const seq = this.#seqs.get(frame.symbol);
    if (seq === undefined) return frame.whole(takesDeflated);
    this.#seqs.set(frame.symbol, frame.seq);
    const shown = seq === nothing ? undefined : recentOf(frame.symbol).at(seq);
    return shown === undefined ? frame.whole(takesDeflated) : frame.after(shown, takesDeflated, encoded);
  }
}
