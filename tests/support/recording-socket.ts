/** A client's end of the socket port that keeps what it was sent, and answers pings only when told to. */
import type { ClientSocket, SocketListener } from '../../src/actors/client-socket.ts';
import type { CloseReason } from '../../src/protocol/close-reason.ts';

export class RecordingSocket implements ClientSocket {
  readonly remoteAddress = '192.0.2.1';
  takesDeflated = false;
  bufferedBytes = 0;
  listener: SocketListener | null = null;
  /** Parsed text messages in the order sent. */
  readonly messages: Record<string, unknown>[] = [];
  readonly #unanswered: number[] = [];
  heartbeats = 0;
  closedWith: CloseReason | null = null;
  isTerminated = false;
  #isOver = false;

  get unansweredPings(): number {
    return this.#unanswered.length;
  }

  write(frame: Uint8Array | null, tail: Uint8Array | null): void {
    for (const part of [frame, tail]) if (part !== null) this.#take(Buffer.from(part));
  }

  close(reason: CloseReason): void {
    if (this.#isOver) return;
    this.closedWith = reason;
    this.end(reason.code, reason.reason);
  }

  terminate(): void {
    this.isTerminated = true;
    this.end(1006);
  }

  /** The connection is gone, by whatever cause. */
  end(code: number, reason = ''): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.listener?.closed(code, reason);
  }

  say(message: unknown): void {
    this.listener!.text(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Reads on: answers the oldest unanswered pings. */
  acknowledge(count = this.#unanswered.length): void {
    for (const number of this.#unanswered.splice(0, count)) this.listener!.pong(Uint8Array.of(number));
  }

  ofType(type: string): Record<string, unknown>[] {
    return this.messages.filter((message) => message.type === type);
  }

  #take(frame: Buffer): void {
    const opcode = frame[0]! & 0x0f;
    const short = frame[1]! & 0x7f;
    const header = short === 126 ? 4 : short === 127 ? 10 : 2;
    const payload = frame.subarray(header);
    if (opcode === 1) this.messages.push(JSON.parse(payload.toString()));
    else if (payload.length === 1 && this.#unanswered.at(-1) !== payload[0]) this.#unanswered.push(payload[0]!);
    else if (payload.length === 1) return;
    else this.heartbeats++;
  }
}
