/** The liquidations of one symbol that a client has heard of: each is given out once, however often the connection is lost and made again. */
import type { LiquidationsMessage } from './messages.ts';

export class HeldLiquidations {
  #epoch: string | undefined;
  #seq = 0;

  /** @returns what of it is new; null: nothing is, and nothing was missed. */
  take(message: LiquidationsMessage): LiquidationsMessage | null {
    const { epoch, seq, prev_seq, recent, ...rest } = message;
    const isKnown = epoch === this.#epoch;
    const from = isKnown ? this.#seq : 0;
    const data = message.data.filter((liquidation) => liquidation.seq > from);
    this.#epoch = epoch;
    this.#seq = Math.max(seq, from);
    if (data.length === 0 && message.missed === 0) return null;
    // What came while there was no connection is news, and what the server does not have any more is a gap.
    const isGap = isKnown && prev_seq > from && message.missed === 0;
    const isRecent = !isKnown && recent === true;
    return {
      ...rest,
      epoch,
      seq,
      prev_seq: Math.max(prev_seq, from),
      ...(isRecent && { recent: true as const }),
      ...(isGap && { gap: true as const }),
      data,
    };
  }
}
