/** Frames as a server sends them: final, unmasked, uncompressed (RFC 6455, section 5.2). */

export const opcodes = { text: 0x1, ping: 0x9 } as const;

const finalBit = 0x80;
const largestShortLength = 125;
const largestMediumLength = 0xffff;

export function frameHeaderBytes(payloadBytes: number): 2 | 4 | 10 {
  if (payloadBytes <= largestShortLength) return 2;
  return payloadBytes <= largestMediumLength ? 4 : 10;
}

/** Writes the header of a frame at `offset`. @returns where the payload begins. */
export function writeFrameHeader(target: Uint8Array, offset: number, opcode: number, payloadBytes: number): number {
  const headerBytes = frameHeaderBytes(payloadBytes);
  const view = new DataView(target.buffer, target.byteOffset + offset, headerBytes);
  view.setUint8(0, finalBit | opcode);
  if (headerBytes === 2) {
    view.setUint8(1, payloadBytes);
  } else if (headerBytes === 4) {
    view.setUint8(1, 126);
    view.setUint16(2, payloadBytes);
  } else {
    view.setUint8(1, 127);
    view.setBigUint64(2, BigInt(payloadBytes));
  }
  return offset + headerBytes;
}

export function textFrame(text: string): Uint8Array {
  const payloadBytes = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(frameHeaderBytes(payloadBytes) + payloadBytes);
  frame.write(text, writeFrameHeader(frame, 0, opcodes.text, payloadBytes));
  return frame;
}

/** A ping that carries one number, made once: thousands are sent a second. */
const numberedPings = Array.from({ length: 256 }, (_, number) => {
  const frame = Buffer.alloc(3);
  frame[writeFrameHeader(frame, 0, opcodes.ping, 1)] = number;
  return frame;
});

/** @param number 0–255, the ping's payload. */
export function pingFrame(number: number): Uint8Array {
  return numberedPings[number]!;
}

/** A ping that only asks for a sign of life. */
export const heartbeatFrame: Uint8Array = Buffer.of(finalBit | opcodes.ping, 0);
