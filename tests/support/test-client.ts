/** A WebSocket client that keeps what it hears and can be waited on, with no clock of its own. */
import { WebSocket } from 'ws';
import type { ServerMessage, SnapshotMessage } from '../../src/protocol/server-message.ts';
import { assertServerMessage } from './contract.ts';

export interface Closing {
  readonly code: number;
  readonly reason: string;
}

export class TestClient {
  readonly socket: WebSocket;
  readonly messages: ServerMessage[] = [];
  readonly closed: Promise<Closing>;
  #wakers: (() => void)[] = [];
  #isClosed = false;

  constructor(url: string) {
    this.socket = new WebSocket(url);
    this.closed = new Promise((resolve) => {
      this.socket.once('close', (code, reason) => {
        this.#isClosed = true;
        this.#wake();
        resolve({ code, reason: reason.toString() });
      });
    });
    this.socket.on('error', () => {});
    this.socket.on('message', (data) => {
      const message = JSON.parse(data.toString());
      assertServerMessage(message);
      this.messages.push(message);
      this.#wake();
    });
  }

  static async connected(url: string): Promise<TestClient> {
    const client = new TestClient(url);
    await new Promise((resolve, reject) => client.socket.once('open', resolve).once('error', reject));
    return client;
  }

  static async subscribed(url: string, symbols: readonly string[], extra = {}): Promise<TestClient> {
    const client = await TestClient.connected(url);
    client.send({ action: 'subscribe', symbols, ...extra });
    return client;
  }

  get snapshots(): SnapshotMessage[] {
    return this.messages.filter((message) => message.type === 'snapshot');
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Resolves with the first message, past or to come, that fits. Rejects when the connection closes before. */
  async message<T extends ServerMessage>(fits: (message: ServerMessage) => message is T): Promise<T>;
  async message(fits: (message: ServerMessage) => boolean): Promise<ServerMessage>;
  async message(fits: (message: ServerMessage) => boolean): Promise<ServerMessage> {
    for (;;) {
      const found = this.messages.find(fits);
      if (found !== undefined) return found;
      if (this.#isClosed) throw new Error('the connection closed before the message came');
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
    }
  }

  /** The first snapshot that fits. */
  snapshot(fits: (snapshot: SnapshotMessage) => boolean = () => true): Promise<SnapshotMessage> {
    return this.message((message): message is SnapshotMessage => message.type === 'snapshot' && fits(message));
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  #wake(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }
}
