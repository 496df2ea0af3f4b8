/**
 * The client's end of one connection: a link that keeps the order and takes its time, and a reader that answers pings when it gets to
 * them, at its own pace, or stands still.
 */
import type { Clock } from '../../src/actors/kernel/clock.ts';
import { opcodes, payloadOf } from '../../src/protocol/websocket-frame.ts';
import type { Dice } from './dice.ts';
import type { MessageKind, VirtualSocket, Wire } from './virtual-socket.ts';

export interface PeerOptions {
  readonly clock: Clock;
  readonly dice: Dice;
  /** Shortest and longest way through the link, in ms. */
  readonly linkMs: readonly [number, number];
  readonly owner: PeerOwner;
}

export interface PeerOwner {
  /** How long it takes to get to the next frame. */
  readingMs(): number;
  message(payload: Uint8Array, isDeflated: boolean): void;
  /** The server closed with this code, or is gone (1006). */
  ended(code: number): void;
}

const deflatedBit = 0x40;
const abnormal = 1006;

export class VirtualPeer implements Wire {
  /** Set as soon as the server has opened it. */
  socket!: VirtualSocket;
  unreadBytes = 0;
  readonly #options: PeerOptions;
  readonly #inbox: (Uint8Array | 'end')[] = [];
  #isReading = false;
  #isStandingStill = false;
  #isOver = false;
  #downAt = 0;
  #upAt = 0;

  constructor(options: PeerOptions) {
    this.#options = options;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  carry(frames: readonly Uint8Array[]): void {
    for (const frame of frames) this.unreadBytes += frame.length;
    this.#down(() => this.#inbox.push(...frames));
  }

  end(): void {
    this.#down(() => this.#inbox.push('end'));
  }

  standStill(isStandingStill: boolean): void {
    this.#isStandingStill = isStandingStill;
    this.#readOn();
  }

  say(kind: MessageKind, data: string | Uint8Array): void {
    const bytes = Buffer.from(data as string);
    this.#up(() => this.socket.receive(kind, bytes));
  }

  /** Says goodbye and reads no more. */
  leave(code: number): void {
    this.#isOver = true;
    this.#up(() => this.socket.concluded(code));
  }

  /** @param isNoticed whether the server's system learns of it; otherwise the connection just falls silent. */
  vanish(isNoticed: boolean): void {
    this.#isOver = true;
    if (isNoticed) this.#up(() => this.socket.lost());
  }

  #readOn(): void {
    if (this.#isReading || this.#isStandingStill || this.#isOver || this.#inbox.length === 0) return;
    this.#isReading = true;
    this.#options.clock.setTimer(() => {
      this.#isReading = false;
      if (this.#isStandingStill || this.#isOver) return;
      this.#take(this.#inbox.shift()!);
      this.#readOn();
    }, this.#options.owner.readingMs());
  }

  #take(frame: Uint8Array | 'end'): void {
    const { owner } = this.#options;
    if (frame === 'end') {
      this.#isOver = true;
      owner.ended(abnormal);
      return;
    }
    this.unreadBytes -= frame.length;
    const opcode = frame[0]! & 0x0f;
    const payload = payloadOf(frame);
    if (opcode === opcodes.ping) {
      this.say('pong', payload);
    } else if (opcode === opcodes.close) {
      const code = payload.length < 2 ? abnormal : Buffer.from(payload).readUInt16BE();
      this.#isOver = true;
      this.#up(() => this.socket.concluded(code));
      owner.ended(code);
    } else if (opcode === opcodes.text) {
      owner.message(payload, (frame[0]! & deflatedBit) !== 0);
    }
  }

  #down(arrived: () => void): void {
    this.#downAt = this.#through(this.#downAt, () => {
      arrived();
      this.#readOn();
    });
  }

  #up(arrived: () => void): void {
    this.#upAt = this.#through(this.#upAt, arrived);
  }

  /** What went in later never comes out before. @returns when it comes out. */
  #through(last: number, arrived: () => void): number {
    const { clock, dice, linkMs } = this.#options;
    const now = clock.now();
    const at = Math.max(last, now + dice.ms(...linkMs));
    clock.setTimer(arrived, at - now);
    return at;
  }
}
