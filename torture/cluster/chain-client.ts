/** Follows the names of pictures alone: what comes must begin where the one before it ended. Cheap enough to be one of thousands. */
export interface PictureHead {
  readonly type: 'snapshot' | 'delta';
  readonly symbol: string;
  readonly timestamp: string;
  readonly epoch: string;
  readonly seq: number;
  readonly prev_seq?: number;
  readonly checksum: number;
  readonly stale?: true;
}

const head =
  /^\{"type":"(snapshot|delta)","symbol":"(\w+)","timestamp":"([^"]+)","epoch":"(\w+)","seq":(\d+)(?:,"prev_seq":(\d+))?/;
const tail = /"checksum":(\d+)(,"stale":true)?\}$/;

/** @returns null for a message that is no picture. */
export function pictureHead(text: string): PictureHead | null {
  const first = head.exec(text.slice(0, 256));
  if (first === null) return null;
  const last = tail.exec(text.slice(-48))!;
  const [, type, symbol, timestamp, epoch, seq, previous] = first as unknown as string[];
  return {
    type: type as PictureHead['type'],
    symbol: symbol!,
    timestamp: timestamp!,
    epoch: epoch!,
    seq: Number(seq),
    ...(previous !== undefined && { prev_seq: Number(previous) }),
    checksum: Number(last[1]),
    ...(last[2] !== undefined && { stale: true as const }),
  };
}

export class ChainClient {
  picture: { readonly epoch: string; readonly seq: number } | null = null;

  take({ type, epoch, seq, prev_seq }: PictureHead): 'repair' | 'shown' | 'old' {
    const held = this.picture;
    const isSameEpoch = held !== null && held.epoch === epoch;
    if (isSameEpoch && seq < held.seq) return 'old';
    if (type === 'delta' && !(isSameEpoch && prev_seq === held.seq)) {
      this.picture = null;
      return 'repair';
    }
    this.picture = { epoch, seq };
    return 'shown';
  }
}
