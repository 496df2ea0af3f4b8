/** What goes over one connection, both ways, as lines of JSON. Made only while somebody looks; a connection without one asks once a frame. */
import { constants, inflateRawSync } from 'node:zlib';
import { redacted } from './redacted.ts';

const opcodes: Readonly<Record<number, string>> = { 1: 'text', 8: 'close', 9: 'ping', 10: 'pong' };
/** What a sender leaves off the end of a message (RFC 7692, section 7.2.1). */
const deflateTail = Buffer.of(0, 0, 0xff, 0xff);

export class WireTap {
  readonly #line: (line: string) => void;
  readonly #ended: () => void;
  readonly #wallClock: () => number;

  constructor(line: (line: string) => void, ended: () => void, wallClock: () => number = Date.now) {
    this.#line = line;
    this.#ended = ended;
    this.#wallClock = wallClock;
  }

  /** @param frame of this server: whole and without a mask. */
  sent(frame: Uint8Array): void {
    const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
    const short = bytes[1]! & 127;
    const body = bytes.subarray(short === 126 ? 4 : short === 127 ? 10 : 2);
    const kind = opcodes[bytes[0]! & 15] ?? 'other';
    const isDeflated = (bytes[0]! & 0x40) !== 0;
    this.#tell('sent', kind, bytes.length, kind === 'text' ? shownText(body, isDeflated) : undefined);
  }

  received(kind: 'text' | 'binary' | 'ping' | 'pong', data: Buffer): void {
    this.#tell('received', kind, data.length, kind === 'text' ? redacted(data.toString()) : undefined);
  }

  closed(code: number): void {
    this.#tell('received', `closed with ${code}`, 0, undefined);
    this.#ended();
  }

  #tell(direction: 'sent' | 'received', kind: string, bytes: number, text: string | undefined): void {
    const at = new Date(this.#wallClock()).toISOString();
    this.#line(`${JSON.stringify({ at, direction, kind, bytes, text })}\n`);
  }
}

/** An error may quote what the client said. */
function shownText(body: Buffer, isDeflated: boolean): string {
  const text = isDeflated
    ? inflateRawSync(Buffer.concat([body, deflateTail]), { finishFlush: constants.Z_SYNC_FLUSH }).toString()
    : body.toString();
  return text.startsWith('{"type":"error"') ? redacted(text) : text;
}
