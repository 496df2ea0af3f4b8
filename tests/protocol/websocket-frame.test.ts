import type { Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import {
  frameHeaderBytes,
  heartbeatFrame,
  opcodes,
  pingFrame,
  textFrame,
  writeFrameHeader,
} from '../../src/protocol/websocket-frame.ts';

/** The reader of `ws`, as a client uses it. Its types leave it out. */
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable };

type Read = { readonly text: string } | { readonly ping: Buffer };

/** All frames in `bytes`, read by `ws` in pieces of `pieceBytes`. */
async function readFrames(bytes: Uint8Array, pieceBytes = bytes.length): Promise<Read[]> {
  const receiver = new Receiver({ isServer: false });
  const read: Read[] = [];
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    expect(isBinary).toBe(false);
    read.push({ text: data.toString() });
  });
  receiver.on('ping', (payload: Buffer) => read.push({ ping: payload }));
  for (let at = 0; at < bytes.length; at += pieceBytes) receiver.write(Buffer.from(bytes.slice(at, at + pieceBytes)));
  await new Promise<void>((resolve, reject) => {
    receiver.on('error', reject);
    receiver.on('finish', resolve);
    receiver.end();
  });
  return read;
}

describe('a text frame', () => {
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])(
    'of %i bytes is read back by another library',
    async (size) => {
      const text = 'x'.repeat(size);
      const frame = textFrame(text);
      expect(frame.length).toBe(size + frameHeaderBytes(size));
      expect(await readFrames(frame)).toEqual([{ text }]);
    },
  );

  it('is read back whatever the text, however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 300 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 64 }),
        async (texts, pieceBytes) => {
          const bytes = Buffer.concat(texts.map(textFrame));
          expect(await readFrames(bytes, pieceBytes)).toEqual(texts.map((text) => ({ text })));
        },
      ),
    );
  });

  it('stays valid UTF-8 when the text is not valid UTF-16', async () => {
    expect(await readFrames(textFrame('a\ud800b'))).toEqual([{ text: 'a\ufffdb' }]);
  });
});

describe('a frame header', () => {
  it.each([
    [0, 2],
    [125, 2],
    [126, 4],
    [65_535, 4],
    [65_536, 10],
    [2 ** 32, 10],
  ])('of a payload of %i bytes takes %i', (payloadBytes, headerBytes) => {
    expect(frameHeaderBytes(payloadBytes)).toBe(headerBytes);
  });

  it('is written where it is told, and says where the payload begins', () => {
    const target = new Uint8Array(16).fill(0xaa);
    expect(writeFrameHeader(target, 3, opcodes.text, 300)).toBe(7);
    expect([...target.subarray(0, 9)]).toEqual([0xaa, 0xaa, 0xaa, 0x81, 126, 1, 44, 0xaa, 0xaa]);
  });

  it('holds lengths beyond 32 bits', () => {
    const target = new Uint8Array(10);
    writeFrameHeader(target, 0, opcodes.text, 2 ** 32 + 5);
    expect([...target]).toEqual([0x81, 127, 0, 0, 0, 1, 0, 0, 0, 5]);
  });

  it('is written into the part of a buffer that it was given', () => {
    const whole = new Uint8Array(8);
    writeFrameHeader(whole.subarray(4), 1, opcodes.ping, 1);
    expect([...whole]).toEqual([0, 0, 0, 0, 0, 0x89, 1, 0]);
  });
});

describe('a ping frame', () => {
  it('carries each number from 0 to 255 as its one byte', async () => {
    const numbers = Array.from({ length: 256 }, (_, number) => number);
    const read = await readFrames(Buffer.concat(numbers.map(pingFrame)));
    expect(read).toEqual(numbers.map((number) => ({ ping: Buffer.of(number) })));
  });

  it('is the same bytes each time, so that sending it makes none', () => {
    expect(pingFrame(7)).toBe(pingFrame(7));
  });

  it('that only asks for a sign of life carries nothing', async () => {
    expect(await readFrames(heartbeatFrame)).toEqual([{ ping: Buffer.alloc(0) }]);
  });
});
