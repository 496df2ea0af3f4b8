/** Frames with contents of a test's own choice, for what only passes them on. */
import { SymbolFrame } from '../../src/actors/symbol-frame.ts';
import type { Picture } from '../../src/protocol/delta-frame.ts';
import { snapshotFrame } from '../../src/protocol/snapshot-frame.ts';

const noLevels = {
  count: 0,
  number: new Float64Array(),
  longDensity: new Float64Array(),
  shortDensity: new Float64Array(),
};

/** A frame that says what the contract wants it to say. */
export function pictureFrame(symbol: string, seq: number): SymbolFrame {
  const { facts } = frameOf(symbol, seq, new Uint8Array()).picture;
  return frameOf(symbol, seq, snapshotFrame(facts, noLevels).bytes);
}

export function frameOf(
  symbol: string,
  seq: number,
  bytes: Uint8Array,
  deflated: Uint8Array | null = null,
): SymbolFrame {
  const facts = {
    symbol,
    epoch: 'e',
    seq,
    timestamp: 0,
    marketTime: 0,
    currentPrice: 1,
    created: 0,
    consumed: 0,
    createdTotal: 0,
    consumedTotal: 0,
    levelStep: { mantissa: 1, exponent: 0 },
  } as const;
  const picture: Picture = { facts, levels: noLevels, sides: { long: 1, short: 1 }, checksum: 0 };
  return new SymbolFrame(bytes, deflated, picture);
}
