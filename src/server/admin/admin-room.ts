/**
 * What an administrator may look at and change, in all connection threads as in one: each has a room, and what is asked in one is
 * heard in all. Nothing of it exists unless `ADMIN_TOKEN` is set.
 */
import { BroadcastChannel } from 'node:worker_threads';
import { WireTap } from './wire-tap.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface ConnectionView {
  readonly id: string;
  readonly remote_address: string;
  /** Of the key or token; null where nobody is asked. */
  readonly name: string | null;
  readonly opened_at: string;
  readonly buffered_bytes: number;
  readonly compressed: boolean;
}

/** An open connection, as far as a room has to do with it. */
export interface TappedSocket {
  readonly remoteAddress: string;
  readonly takesDeflated: boolean;
  readonly bufferedBytes: number;
  tap: WireTap | null;
}

export interface AdminRoomOptions {
  readonly thread: number;
  /** How many there are; all must answer. */
  readonly rooms: number;
  readonly maxTaps: number;
  readonly logLevel: () => string;
  readonly setLogLevel: (level: LogLevel) => void;
}

export type TapRefusal = 'absent' | 'taken' | 'full';

type Message =
  | { readonly type: 'log_level'; readonly level: LogLevel }
  | { readonly type: 'list' | 'untap' | 'tap_ended'; readonly ask: string }
  | { readonly type: 'listed'; readonly ask: string; readonly connections: readonly ConnectionView[] }
  | { readonly type: 'tap'; readonly ask: string; readonly connection: string }
  | { readonly type: 'tap_answer'; readonly ask: string; readonly refusal: TapRefusal | null }
  | { readonly type: 'tap_line'; readonly ask: string; readonly line: string };

/** A thread that has just died does not answer. */
const answerMs = 1000;
const channelName = 'heatline-admin';

export class AdminRoom {
  readonly #options: AdminRoomOptions;
  readonly #channel: BroadcastChannel | null;
  readonly #sockets = new Map<
    string,
    { readonly socket: TappedSocket; readonly name: string | null; openedAt: number }
  >();
  /** Taps on connections of this thread, by who asked. */
  readonly #taps = new Map<string, TappedSocket>();
  /** Who waits in this thread for answers. */
  readonly #asked = new Map<string, (message: Message) => void>();
  #asks = 0;

  constructor(options: AdminRoomOptions) {
    this.#options = options;
    this.#channel = options.rooms > 1 ? new BroadcastChannel(channelName) : null;
    this.#channel?.unref();
    if (this.#channel !== null) this.#channel.onmessage = (event) => this.#hear((event as { data: Message }).data);
  }

  /** @param connection as the log names it. */
  opened(connection: string, socket: TappedSocket, name: string | null): string {
    const { thread, rooms } = this.#options;
    const id = rooms > 1 ? `${thread}.${connection}` : connection;
    this.#sockets.set(id, { socket, name, openedAt: Date.now() });
    return id;
  }

  closed(id: string): void {
    this.#sockets.delete(id);
  }

  get logLevel(): string {
    return this.#options.logLevel();
  }

  setLogLevel(level: LogLevel): void {
    this.#say({ type: 'log_level', level });
  }

  async connections(): Promise<ConnectionView[]> {
    const all: ConnectionView[] = [];
    await this.#ask('list', {}, (message) => {
      if (message.type === 'listed') all.push(...message.connections);
      return message.type === 'listed';
    });
    return all;
  }

  /** @returns how to end it, or why there is none. */
  async tap(connection: string, line: (line: string) => void, ended: () => void): Promise<(() => void) | TapRefusal> {
    let outcome: TapRefusal | null = 'absent';
    const ask = await this.#ask(
      'tap',
      { connection },
      (message) => {
        if (message.type === 'tap_answer' && message.refusal !== 'absent') outcome = message.refusal;
        if (message.type === 'tap_line') line(message.line);
        if (message.type === 'tap_ended') ended();
        return message.type === 'tap_answer';
      },
      () => outcome === null,
    );
    if (outcome !== null) return outcome;
    return () => {
      this.#asked.delete(ask);
      this.#say({ type: 'untap', ask });
    };
  }

  stop(): void {
    this.#channel?.close();
  }

  /** Asks all threads, and waits until each has answered. @param keeps whether more is to come for this question then. */
  async #ask(
    type: 'list' | 'tap',
    fields: object,
    heard: (message: Message) => boolean,
    keeps = () => false,
  ): Promise<string> {
    const ask = `${this.#options.thread}-${++this.#asks}`;
    let left = this.#options.rooms;
    await new Promise<void>((resolve) => {
      const overdue = setTimeout(resolve, answerMs);
      this.#asked.set(ask, (message) => {
        if (!heard(message) || --left > 0) return;
        clearTimeout(overdue);
        resolve();
      });
      this.#say({ type, ask, ...fields } as Message);
    });
    if (!keeps()) this.#asked.delete(ask);
    return ask;
  }

  #say(message: Message): void {
    this.#channel?.postMessage(message);
    this.#hear(message);
  }

  #hear(message: Message): void {
    switch (message.type) {
      case 'log_level':
        this.#options.setLogLevel(message.level);
        return;
      case 'list':
        this.#say({ type: 'listed', ask: message.ask, connections: this.#views() });
        return;
      case 'tap':
        this.#say({ type: 'tap_answer', ask: message.ask, refusal: this.#begin(message.ask, message.connection) });
        return;
      case 'untap': {
        const socket = this.#taps.get(message.ask);
        if (socket !== undefined) socket.tap = null;
        this.#taps.delete(message.ask);
        return;
      }
      case 'listed':
      case 'tap_answer':
      case 'tap_line':
      case 'tap_ended':
        this.#asked.get(message.ask)?.(message);
        return;
      default:
        message satisfies never;
    }
  }

  #begin(ask: string, connection: string): TapRefusal | null {
    const socket = this.#sockets.get(connection)?.socket;
    if (socket === undefined) return 'absent';
    if (socket.tap !== null) return 'taken';
    if (this.#taps.size >= this.#options.maxTaps) return 'full';
    this.#taps.set(ask, socket);
    socket.tap = new WireTap(
      (line) => this.#say({ type: 'tap_line', ask, line }),
      () => {
        this.#taps.delete(ask);
        this.#say({ type: 'tap_ended', ask });
      },
    );
    return null;
  }

  #views(): ConnectionView[] {
    return [...this.#sockets].map(([id, { socket, name, openedAt }]) => ({
      id,
      remote_address: socket.remoteAddress,
      name,
      opened_at: new Date(openedAt).toISOString(),
      buffered_bytes: socket.bufferedBytes,
      compressed: socket.takesDeflated,
    }));
  }
}
