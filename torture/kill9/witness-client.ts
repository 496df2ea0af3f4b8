/**
 * A client that outlives the server: it connects to every life of it, resumes from the pictures it has, and tells the witness what it
 * is shown. What the protocol does not allow ends it.
 */
import { WebSocket } from 'ws';
import type { ServerMessage } from '../../src/protocol/server-message.ts';
import { DeltaClient } from '../../tests/support/delta-client.ts';
import { within } from './within.ts';
import type { Witness } from './witness.ts';

const patienceMs = 60_000;

export class WitnessClient {
  readonly #mode: 'snapshot' | 'delta';
  readonly #witness: Witness;
  readonly #held: ReadonlyMap<string, DeltaClient>;
  /** Last seq of each symbol on this connection. */
  #seqs = new Map<string, number>();
  #socket: WebSocket | null = null;
  #broken: Error | null = null;
  #heard = Promise.withResolvers<void>();
  resumed = 0;

  constructor(mode: 'snapshot' | 'delta', witness: Witness) {
    this.#mode = mode;
    this.#witness = witness;
    this.#held = new Map([...witness.streams.keys()].map((symbol) => [symbol, new DeltaClient()]));
  }

  /** Resolves when it has subscribed. */
  async connect(url: string): Promise<void> {
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#seqs = new Map();
    socket.on('message', (data) => this.#hear(JSON.parse(data.toString())));
    await within(
      'a connection',
      patienceMs,
      new Promise((done, fail) => socket.once('open', done).once('error', fail)),
    );
    socket.on('error', () => {});
    socket.send(JSON.stringify({ action: 'subscribe', symbols: [...this.#held.keys()], ...this.#wish() }));
  }

  /** From this side, without a word. */
  async cut(): Promise<void> {
    const socket = this.#socket;
    if (socket === null || socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.terminate();
    await closed;
  }

  /** Resolves once this connection has brought a picture of every symbol: what they are then. */
  async first(): Promise<ReadonlyMap<string, number>> {
    await this.#until('first pictures', () => this.#seqs.size === this.#held.size);
    return new Map(this.#seqs);
  }

  /** Resolves once every symbol is shown as it was at this seq, or later. */
  arrived(seqs: ReadonlyMap<string, number>): Promise<void> {
    return this.#until('the newest pictures', () => [...seqs].every(([symbol, seq]) => this.#seqOf(symbol) >= seq));
  }

  /** Resolves once a symbol is shown as it was later than at this seq. */
  moved(seqs: ReadonlyMap<string, number>): Promise<void> {
    return this.#until('another picture', () => [...seqs].some(([symbol, seq]) => this.#seqOf(symbol) > seq));
  }

  /** Resolves with the next message. */
  heard(): Promise<void> {
    return this.#heard.promise;
  }

  /** @throws what broke a promise. */
  check(): void {
    if (this.#broken !== null) throw this.#broken;
  }

  async #until(what: string, isThere: () => boolean): Promise<void> {
    const wait = async () => {
      for (this.check(); !isThere(); this.check()) await this.#heard.promise;
    };
    await within(`${what} in ${this.#mode} mode`, patienceMs, wait());
  }

  #seqOf(symbol: string): number {
    return this.#held.get(symbol)!.picture?.seq ?? -1;
  }

  #wish(): object {
    if (this.#mode === 'snapshot') return {};
    const held = [...this.#held].flatMap(([symbol, { picture }]) =>
      picture === null ? [] : ([[symbol, picture]] as const),
    );
    this.resumed += held.length;
    const resume = Object.fromEntries(held.map(([symbol, { epoch, seq }]) => [symbol, { epoch, seq }]));
    return { mode: 'delta', resume };
  }

  #hear(message: ServerMessage): void {
    try {
      this.#take(message);
    } catch (error) {
      this.#broken ??= error as Error;
    }
    this.#heard.resolve();
    this.#heard = Promise.withResolvers();
  }

  #take(message: ServerMessage): void {
    if (message.type === 'error') throw new Error(`the server says ${message.message}`);
    if (message.type !== 'snapshot' && message.type !== 'delta') return;
    const { symbol, seq } = message;
    const before = this.#seqs.get(symbol) ?? -1;
    if (seq <= before) throw new Error(`${symbol} shows seq ${seq} after ${before} in ${this.#mode} mode`);
    this.#seqs.set(symbol, seq);
    const outcome = this.#held.get(symbol)!.take(message);
    if (outcome === 'repair')
      throw new Error(`${symbol} seq ${seq}: a ${message.type} in ${this.#mode} mode does not fit`);
    this.#witness.saw(message);
  }
}
