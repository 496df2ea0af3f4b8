/** Stands in for k6's WebSocket, and knows which are still open: a virtual user's turn is over when all of its own are closed. */
import { WebSocket as Socket } from 'ws';

const open = new Set<WebSocket>();
/** Those of the turn that is being begun. */
let opened: WebSocket[] = [];

export class WebSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly closed: Promise<void>;
  readonly #socket: Socket;

  constructor(url: string) {
    this.#socket = new Socket(url, { perMessageDeflate: false });
    open.add(this);
    opened.push(this);
    this.#socket.on('open', () => this.onopen?.());
    this.#socket.on('message', (data) => this.onmessage?.({ data: data.toString() }));
    this.#socket.on('error', () => this.onerror?.());
    this.closed = new Promise((resolve) => {
      this.#socket.on('close', () => {
        open.delete(this);
        resolve();
      });
    });
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  close(): void {
    this.#socket.close();
  }
}

/** Runs one turn. @returns when every socket that it opened is closed. */
export async function turn(work: () => void): Promise<void> {
  opened = [];
  work();
  await Promise.all(opened.map(({ closed }) => closed));
}

export function closeAll(): void {
  for (const socket of open) socket.close();
}
