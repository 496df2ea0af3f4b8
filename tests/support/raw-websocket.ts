/** A WebSocket client by hand: writes the bytes it is told, however wrong, and reads frames whole. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface RawFrame {
  readonly isFinal: boolean;
  readonly isCompressed: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
}

export const op = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** The key of RFC 6455, section 1.3. */
const key = 'dGhlIHNhbXBsZSBub25jZQ==';

export function upgradeRequest(headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({
    Host: 'localhost',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': key,
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET /ws/heatmap HTTP/1.1\r\n${lines.join('')}\r\n`;
}

interface FrameParts {
  readonly opcode: number;
  readonly payload?: string | Uint8Array;
  /** Bits of the first byte beside the opcode; a final frame unless told otherwise. */
  readonly bits?: number;
  readonly isMasked?: boolean;
  /** Bytes that announce the length: as few as will do, unless told otherwise. */
  readonly lengthBytes?: 0 | 2 | 8;
}

export const final = 0x80;
export const compressed = 0x40;

/** A client's frame. */
export function frame({ opcode, payload = '', bits = final, isMasked = true, lengthBytes }: FrameParts): Buffer {
  const data = Buffer.from(payload as string);
  const extra = lengthBytes ?? (data.length < 126 ? 0 : data.length < 65_536 ? 2 : 8);
  const header = Buffer.alloc(2 + extra);
  header[0] = bits | opcode;
  header[1] = (isMasked ? 0x80 : 0) | (extra === 0 ? data.length : extra === 2 ? 126 : 127);
  if (extra === 2) header.writeUInt16BE(data.length, 2);
  if (extra === 8) header.writeBigUInt64BE(BigInt(data.length), 2);
  if (!isMasked) return Buffer.concat([header, data]);
  const mask = Buffer.of(0x37, 0xfa, 0x21, 0x3d);
  return Buffer.concat([header, mask, data.map((byte, i) => byte ^ mask[i % 4]!)]);
}

export const text = (payload: string) => frame({ opcode: op.text, payload });
export const ping = (payload: string | Uint8Array = '') => frame({ opcode: op.ping, payload });

/** @param code and reason as on the wire; without a code the frame is empty. */
export function close(code?: number, reason: string | Uint8Array = ''): Buffer {
  if (code === undefined) return frame({ opcode: op.close });
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return frame({ opcode: op.close, payload: Buffer.concat([head, Buffer.from(reason as string)]) });
}

export class RawWebSocket {
  readonly #socket: Socket;
  #bytes = Buffer.alloc(0);
  #hasEnded = false;
  #wake: () => void = () => {};
  /** The answer to the upgrade, up to its empty line. */
  head = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    const wake = () => this.#wake();
    socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      wake();
    });
    socket.on('end', () => {
      this.#hasEnded = true;
      wake();
    });
    socket.on('close', () => {
      this.#hasEnded = true;
      wake();
    });
    socket.on('error', () => {});
  }

  /** @param first bytes that go out together with the request. */
  static async open(
    port: number,
    headers: Readonly<Record<string, string>> = {},
    first: Uint8Array = new Uint8Array(),
  ): Promise<RawWebSocket> {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
    onTestFinished(() => {
      socket.destroy();
    });
    await once(socket, 'connect');
    const raw = new RawWebSocket(socket);
    socket.write(Buffer.concat([Buffer.from(upgradeRequest(headers)), first]));
    for (;;) {
      const end = raw.#bytes.indexOf('\r\n\r\n');
      if (end !== -1) {
        raw.head = raw.#bytes.toString('latin1', 0, end);
        raw.#bytes = raw.#bytes.subarray(end + 4);
        return raw;
      }
      await raw.#more();
    }
  }

  get extensions(): string | undefined {
    return /^sec-websocket-extensions: (.*)$/im.exec(this.head)?.[1];
  }

  send(...frames: readonly Uint8Array[]): void {
    this.#socket.write(Buffer.concat(frames));
  }

  /** In writes of their own, however the network joins them. */
  async sendSplit(pieces: readonly Uint8Array[]): Promise<void> {
    for (const piece of pieces) await new Promise<void>((resolve) => this.#socket.write(piece, () => resolve()));
  }

  /** The next frame; `null` when the server has ended the connection. */
  async next(): Promise<RawFrame | null> {
    for (;;) {
      const found = this.#take();
      if (found !== null) return found;
      if (this.#hasEnded) return null;
      await this.#more();
    }
  }

  async nextJson(): Promise<Record<string, unknown>> {
    const found = await this.next();
    if (found?.opcode !== op.text) throw new Error(`no text but ${JSON.stringify(found)}`);
    return JSON.parse(found.payload.toString());
  }

  /** The code of the close frame that comes next but for other frames, once the server has then ended the connection. */
  async closeCode(): Promise<number | null> {
    for (;;) {
      const found = await this.next();
      if (found === null) return null;
      if (found.opcode !== op.close) continue;
      const code = found.payload.length >= 2 ? found.payload.readUInt16BE(0) : 1005;
      const after = await this.next();
      if (after !== null) throw new Error(`a frame came after the close frame: ${JSON.stringify(after)}`);
      return code;
    }
  }

  end(): void {
    this.#socket.end();
  }

  #more(): Promise<void> {
    if (this.#hasEnded) throw new Error('the connection has ended');
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #take(): RawFrame | null {
    const bytes = this.#bytes;
    if (bytes.length < 2) return null;
    const short = bytes[1]! & 127;
    const header = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (bytes.length < header) return null;
    const size = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    if (bytes.length < header + size) return null;
    this.#bytes = bytes.subarray(header + size);
    return {
      isFinal: (bytes[0]! & final) !== 0,
      isCompressed: (bytes[0]! & compressed) !== 0,
      opcode: bytes[0]! & 15,
      payload: bytes.subarray(header, header + size),
    };
  }
}
