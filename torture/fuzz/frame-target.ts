/**
 * Frames on an open WebSocket, through the receiver, the inflater and the connection actor: what comes back are whole frames, and
 * the connection ends.
 */
import { deflateRawSync } from 'node:zlib';
import type { Dice } from '../../tests/simulation/dice.ts';
import type { FuzzServer } from './fuzz-server.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { messageText } from './message-target.ts';
import { mutatedBytes } from './mutate.ts';
import { inPieces, socketExchange } from './socket-exchange.ts';

const upgrade = (extensions: string) =>
  Buffer.from(
    'GET /ws/heatmap HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${extensions}\r\n`,
  );
const plain = upgrade('');
const deflating = upgrade('Sec-WebSocket-Extensions: permessage-deflate\r\n');
const opcodes = [0, 1, 1, 1, 1, 2, 8, 9, 10, 3, 11];

export class FrameTarget implements FuzzTarget {
  readonly #server: FuzzServer;

  constructor(server: FuzzServer) {
    this.#server = server;
  }

  async try(dice: Dice): Promise<string> {
    const deflates = dice.chance(0.5);
    const frames = Array.from({ length: dice.whole(1, 5) }, () => madeFrame(dice, deflates));
    const joined = Buffer.concat(frames);
    const bytes = dice.chance(0.5) ? Buffer.from(mutatedBytes(joined, frames, dice)) : joined;
    const all = Buffer.concat([deflates ? deflating : plain, bytes]);
    const answer = await socketExchange(this.#server.port, inPieces(all, dice.whole(0, all.length)));
    const headEnd = answer.indexOf('\r\n\r\n');
    if (!answer.subarray(0, 12).equals(Buffer.from('HTTP/1.1 101'))) {
      throw new Error(`not let in: ${JSON.stringify(answer.toString('latin1').slice(0, 200))}`);
    }
    return outcomeOf(answer.subarray(headEnd + 4));
  }

  /** @throws when a connection is left though all have ended. */
  async close(): Promise<void> {
    const deadline = performance.now() + 10_000;
    while ((await this.#server.activeConnections()) > 0) {
      if (performance.now() > deadline)
        throw new Error(`${await this.#server.activeConnections()} connections are left`);
      await new Promise(setImmediate);
    }
  }
}

function madeFrame(dice: Dice, deflates: boolean): Buffer {
  const opcode = dice.pick(opcodes);
  const isDeflated = deflates && opcode === 1 && dice.chance(0.6);
  const text = Buffer.from(messageText(dice));
  const body = isDeflated
    ? deflateRawSync(text, { finishFlush: 2 }).subarray(0, -4)
    : opcode >= 8
      ? text.subarray(0, dice.whole(0, 125))
      : text;
  const bits =
    (dice.chance(0.9) ? 0x80 : 0) | (isDeflated || dice.chance(0.03) ? 0x40 : 0) | (dice.chance(0.03) ? 0x30 : 0);
  const extra = body.length < 126 && dice.chance(0.95) ? 0 : 2;
  const header = Buffer.alloc(2 + extra + 4);
  header[0] = bits | opcode;
  header[1] = 0x80 | (extra === 0 ? body.length : 126);
  if (extra === 2) header.writeUInt16BE(body.length, 2);
  header.writeUInt32BE(dice.whole(0, 0xffffffff), 2 + extra);
  const mask = header.subarray(2 + extra);
  return Buffer.concat([header, body.map((byte, i) => byte ^ mask[i % 4]!)]);
}

/** The code of the close frame, if there is one, behind which nothing may come. */
function outcomeOf(bytes: Buffer): string {
  let at = 0;
  while (at < bytes.length) {
    const short = bytes[at + 1]!;
    const header = short === 126 ? 4 : short === 127 ? 10 : 2;
    const length =
      short === 126 ? bytes.readUInt16BE(at + 2) : short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short;
    const end = at + header + length;
    if (end > bytes.length) throw new Error('half a frame came back');
    if ((bytes[at]! & 15) === 8) {
      if (end !== bytes.length) throw new Error('something came behind the close frame');
      return length === 0 ? 'closed without a code' : `closed with ${bytes.readUInt16BE(at + header)}`;
    }
    at = end;
  }
  return 'ended by the client';
}
