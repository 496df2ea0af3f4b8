import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame } from '../../src/cluster/frame-codec.ts';
import { bookFrames } from '../support/book-frames.ts';

const health = { epoch: 'e', seq: 1, market_time: null, current_price: null, observed_share: null, level_step: null };
const about = { node: 'n', symbol: 'BTCUSDT', tick: 7, isLast: false, health, assumptions: ['one'] };
const frames = bookFrames(12);

describe('a travelling frame', () => {
  it('arrives with the bytes that were made, and with the delta from the picture before it', () => {
    fc.assert(
      fc.property(fc.nat(11), fc.option(fc.nat(11), { nil: undefined }), (to, from) => {
        const frame = frames[to]!;
        const previous = from === undefined ? undefined : frames[from]!;
        const { header, frame: arrived } = decodeFrame(encodeFrame(about, frame, previous));
        expect(header).toMatchObject(about);
        expect(arrived!.bytes).toEqual(frame.bytes);
        expect(arrived!.deflated).toEqual(frame.deflated);
        expect(arrived!.picture.facts).toEqual(frame.picture.facts);
        if (previous === undefined || previous.seq >= frame.seq) return;
        let made = 0;
        const known = (isDeflated: boolean) => arrived!.after(previous, isDeflated, () => made++);
        expect(known(false)).toEqual(frame.after(previous, false, () => {}));
        expect(known(true)).toEqual(frame.after(previous, true, () => {}));
        expect(made).toBe(0);
      }),
    );
  });

  it('can be the beginning of deltas that were not made for it', () => {
    const [first, second, third] = frames.map((frame) => decodeFrame(encodeFrame(about, frame, undefined)).frame!);
    expect(third!.after(first!, false, () => {})).toEqual(frames[2]!.after(frames[0]!, false, () => {}));
    expect(third!.after(second!, true, () => {})).toEqual(frames[2]!.after(frames[1]!, true, () => {}));
  });

  it('may be none: nothing has changed, and its writer is there', () => {
    expect(decodeFrame(encodeFrame({ ...about, isLast: true }, undefined, frames[0]))).toEqual({
      header: { version: 1, ...about, isLast: true, picture: null },
      frame: null,
    });
  });

  it('is refused when it is cut off, or is something else', () => {
    const bytes = encodeFrame(about, frames[1], frames[0]);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        expect(() => decodeFrame(bytes.subarray(0, length))).toThrow();
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array(), (garbage) => {
        expect(() => decodeFrame(Buffer.from(garbage))).toThrow();
      }),
    );
  });
});
