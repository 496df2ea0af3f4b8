/** Frames as a server sends them: final and unmasked (RFC 6455, section 5.2), compressed where it says so (RFC 7692). */

export const opcodes = { text: 0x1, close: 0x8, ping: 0x9, pong: 0xa } as const;

const finalBit = 0x80;
const compressedBit = 0x40;
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

/** @param frame one of ours. */
export function payloadOf(frame: Uint8Array): Uint8Array {
  const short = frame[1]!;
  return frame.subarray(short === 126 ? 4 : short === 127 ? 10 : 2);
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

/** Answers a ping with its own payload. */
export function pongFrame(payload: Uint8Array): Uint8Array {
  return controlFrame(opcodes.pong, payload);
}

/** @param code 1005 stands for none: the frame is empty. */
export function closeFrame(code: number, reason: string): Uint8Array {
  if (code === 1005) return controlFrame(opcodes.close, new Uint8Array());
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code);
  payload.write(reason, 2);
  return controlFrame(opcodes.close, payload);
}

/** @param deflated a whole message without the four bytes that section 7.2.1 of RFC 7692 takes off its end. */
export function deflatedTextFrame(deflated: Uint8Array): Uint8Array {
  const frame = new Uint8Array(frameHeaderBytes(deflated.length) + deflated.length);
  frame.set(deflated, writeFrameHeader(frame, 0, opcodes.text, deflated.length));
  frame[0]! |= compressedBit;
  return frame;
}

function controlFrame(opcode: number, payload: Uint8Array): Uint8Array {
  const frame = Buffer.alloc(frameHeaderBytes(payload.length) + payload.length);
  frame.set(payload, writeFrameHeader(frame, 0, opcode, payload.length));
  return frame;
}
