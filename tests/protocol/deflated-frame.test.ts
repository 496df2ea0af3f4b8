import { constants, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deflatedFrame } from '../../src/protocol/deflated-frame.ts';
import { payloadOf, textFrame } from '../../src/protocol/websocket-frame.ts';

const inflated = (frame: Uint8Array) =>
  inflateRawSync(Buffer.concat([payloadOf(frame), Buffer.of(0, 0, 0xff, 0xff)]), {
    finishFlush: constants.Z_SYNC_FLUSH,
  }).toString();

describe('a deflated frame', () => {
  it('holds the same text, says that it is compressed, and stands for itself', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 3 }), (texts) => {
        for (const text of texts) {
          const frame = deflatedFrame(textFrame(text));
          expect(frame[0]).toBe(0b1100_0001);
          expect(inflated(frame)).toBe(text);
        }
      }),
    );
  });

  it('has a header of every length', () => {
    for (const bytes of [10, 1000, 100_000]) {
      // Digits of a fraction that goes on for ever: hard to compress.
      const text = Array.from({ length: bytes }, (_, i) => Math.floor(Math.sin(i) ** 2 * 1e9)).join('');
      expect(inflated(deflatedFrame(textFrame(text)))).toBe(text);
    }
  });

  it('makes a heatmap several times smaller', () => {
    const levels = Array.from({ length: 500 }, (_, i) => ({
      price: 75_000 + i * 100,
      long_density: 1_234_567 + i * 7,
    }));
    const frame = textFrame(JSON.stringify({ levels }));
    expect(deflatedFrame(frame).length).toBeLessThan(frame.length / 3);
  });
});
