/** A client on a raw socket that looks at frame headers and the stamp of a snapshot, and answers pings: as cheap as it gets here. */
import { connect, type Socket } from 'node:net';
import { stampEnd, stampStart } from './payload.ts';

export interface FrameClientOptions {
  readonly host: string;
  readonly port: number;
  readonly hello: string;
  /** First bytes of a message that are looked at; as far as the stamp goes unless given. */
  readonly keptBytes?: number;
  /** @param stampUs when the snapshot was made; NaN for other messages, whose first bytes are in `text`. */
  readonly frame: (client: FrameClient, stampUs: number, text: string) => void;
  /** The connection is gone. */
  readonly closed: (client: FrameClient, closeCode: number) => void;
}

const opcodes = { text: 1, close: 8, ping: 9 };

export class FrameClient {
  readonly #options: FrameClientOptions;
  readonly #socket: Socket;
  /** Bytes of the upgrade's answer or of a frame's header that are not complete yet. */
  #rest: Buffer = Buffer.alloc(0);
  #isOpen = false;
  #opcode = 0;
  #left = 0;
  readonly #kept: Buffer;
  #keptSize = 0;
  #closeCode = 1006;
  readonly opened = Promise.withResolvers<void>();
  frames = 0;

  constructor(options: FrameClientOptions) {
    this.#options = options;
    this.#kept = Buffer.alloc(options.keptBytes ?? stampEnd);
    this.#socket = connect({ host: options.host, port: options.port, noDelay: true });
    this.opened.promise.catch(() => {});
    this.#socket.on('connect', () => {
      this.#socket.write(
        'GET /ws/heatmap HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
    });
    this.#socket.on('data', (chunk) => this.#take(chunk));
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => {
      this.opened.reject(new Error('closed'));
      options.closed(this, this.#closeCode);
    });
  }

  say(text: string): void {
    this.sendFrame(opcodes.text, Buffer.from(text));
  }

  /** Masked with zeros: the payload stays as it is. */
  sendFrame(opcode: number, payload: Buffer): void {
    const long = payload.length > 125;
    const header = Buffer.alloc(long ? 8 : 6);
    header[0] = 0x80 | opcode;
    header[1] = 0x80 | (long ? 126 : payload.length);
    if (long) header.writeUInt16BE(payload.length, 2);
    this.#socket.write(Buffer.concat([header, payload]));
  }

  raw(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = Buffer.alloc(0);
    if (!this.#isOpen) {
      const end = data.indexOf('\r\n\r\n');
      if (end === -1) {
        this.#rest = data;
        return;
      }
      const head = data.toString('latin1', 0, end);
      if (!head.startsWith('HTTP/1.1 101')) {
        this.opened.reject(new Refused(Number(/retry-after: (\d+)/i.exec(head)?.[1] ?? 1)));
        this.#socket.destroy();
        return;
      }
      this.#isOpen = true;
      this.opened.resolve();
      if (this.#options.hello !== '') this.say(this.#options.hello);
      data = data.subarray(end + 4);
    }
    this.#frames(data);
  }

  #frames(data: Buffer): void {
    let at = 0;
    while (at < data.length || (this.#left === 0 && this.#opcode !== 0)) {
      if (this.#opcode === 0) {
        const short = data[at + 1]! & 127;
        const header = short === 126 ? 4 : short === 127 ? 10 : 2;
        if (data.length - at < header) {
          this.#rest = data.subarray(at);
          return;
        }
        this.#opcode = data[at]! & 15;
        this.#left = short === 126 ? data.readUInt16BE(at + 2) : short === 127 ? data.readUInt32BE(at + 6) : short;
        this.#keptSize = 0;
        at += header;
      }
      const take = Math.min(this.#left, data.length - at);
      const keep = Math.min(take, this.#kept.length - this.#keptSize);
      if (keep > 0) this.#keptSize += data.copy(this.#kept, this.#keptSize, at, at + keep);
      at += take;
      this.#left -= take;
      if (this.#left > 0) return;
      this.#complete();
    }
  }

  #complete(): void {
    const opcode = this.#opcode;
    this.#opcode = 0;
    const payload = this.#kept.subarray(0, this.#keptSize);
    if (opcode === opcodes.ping) this.sendFrame(10, Buffer.from(payload));
    else if (opcode === opcodes.close && payload.length >= 2) this.#closeCode = payload.readUInt16BE(0);
    else if (opcode === opcodes.text) {
      this.frames++;
      const text = payload.toString('latin1');
      const isStamped = text.includes('"at_us":');
      this.#options.frame(this, isStamped ? Number(text.slice(stampStart, stampEnd)) : Number.NaN, text);
    }
  }
}

export class Refused extends Error {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super(`refused for ${retryAfterSeconds} s`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
