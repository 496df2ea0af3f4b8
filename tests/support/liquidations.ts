/** Messages of the channel `liquidations`, made by hand. */
import type { LiquidationsMessage } from '../../src/protocol/liquidations-message.ts';

/** Tells of one liquidation at each of these places of the stream. */
export function liquidationsOf(symbol: string, seqs: readonly number[], missed = 0): LiquidationsMessage {
  return {
    type: 'liquidations',
    symbol,
    timestamp: '2025-06-13T00:00:00.000Z',
    epoch: 'epoch-1',
    seq: seqs.at(-1)!,
    prev_seq: seqs[0]! - 1,
    missed,
    data: seqs.map((seq) => ({
      seq,
      time: '2025-06-13T00:00:00.000Z',
      side: 'long',
      price: 100,
      quantity: 2,
      usd: 200,
      completeness: 'complete',
    })),
  };
}
