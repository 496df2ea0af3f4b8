/** Stands in for k6's WebSocket, and knows which are still open: a virtual user's turn is over when all of its own are closed. */
import { WebSocket as Socket } from 'ws';

const open = new Set<WebSocket>();
let whenClosed: (() => void)[] = [];

export class WebSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly #socket: Socket;

  constructor(url: string) {
    this.#socket = new Socket(url, { perMessageDeflate: false });
    open.add(this);
    this.#socket.on('open', () => this.onopen?.());
    this.#socket.on('message', (data) => this.onmessage?.({ data: data.toString() }));
    this.#socket.on('error', () => this.onerror?.());
    this.#socket.on('close', () => {
      open.delete(this);
      const waiting = whenClosed;
      whenClosed = [];
      for (const look of waiting) look();
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
  const before = new Set(open);
  work();
  const own = [...open].filter((socket) => !before.has(socket));
  while (own.some((socket) => open.has(socket))) await new Promise<void>((resolve) => whenClosed.push(resolve));
}

export function closeAll(): void {
  for (const socket of open) socket.close();
}
