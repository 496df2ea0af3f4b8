/** What a client asked for and how it is answered: subscriptions, replays, and the messages that say so. */
import { type ChannelName, channelNames } from '../protocol/channel-name.ts';
import type { ClientMessage } from '../protocol/client-message.ts';
import {
  ackMessage,
  authenticatedMessage,
  errorMessage,
  invalidSymbol,
  pongMessage,
  type ServerMessage,
  unknownVenue,
} from '../protocol/server-message.ts';
import { ClientReplays, type ReplayEvent, type ReplayHost, type ReplayMessage } from './client-replays.ts';
import type { AuthenticationAnswer, ClientSession } from './client-session.ts';
import { ClientWishes, type WishTaker } from './client-wishes.ts';
import type { ConnectionOptions } from './connection-options.ts';
import type { SymbolFrame } from './symbol-frame.ts';

export interface RequestsOwner extends WishTaker, ReplayHost {
  readonly session: ClientSession | null;
  send(message: ServerMessage): void;
  tell(event: ReplayEvent | Authenticated): void;
}

/** A new credential was judged. */
export interface Authenticated {
  readonly type: 'authenticated';
  readonly id: string | number | undefined;
  readonly answer: AuthenticationAnswer;
}

export class ClientRequests {
  readonly #options: ConnectionOptions;
  readonly #owner: RequestsOwner;
  readonly #wishes: ClientWishes;
  /** Made at the first replay. */
  #replays: ClientReplays | null = null;

  constructor(options: ConnectionOptions, owner: RequestsOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#wishes = new ClientWishes(options, owner.takesDeflated, owner);
  }

  /** Those that are subscribed to. */
  get symbols(): Iterable<string> {
    return this.#wishes.symbols;
  }

  act(message: ClientMessage): void {
    if ('venue' in message && message.venue !== undefined && !this.#knows(message.venue)) return;
    switch (message.action) {
      case 'subscribe':
        this.#subscribe(message);
        return;
      case 'unsubscribe': {
        const names = message.symbols.map((symbol) => named(symbol, message.venue));
        for (const name of names) this.#forget(name, message.channels);
        this.#acknowledge(
          message,
          names.filter((name) => this.#options.pictures.has(name)),
        );
        return;
      }
      case 'replay':
        this.#replay(message);
        return;
      case 'authenticate':
        this.#authenticate(message);
        return;
      case 'ping':
        this.#owner.send(pongMessage(this.#owner.now()));
        return;
      default:
        message satisfies never;
    }
  }

  authenticated({ id, answer }: Authenticated): void {
    if (answer.outcome === 'refused') {
      const text = `Not authenticated: ${answer.reason}. The credential before it still counts.`;
      this.#owner.send(errorMessage('NOT_AUTHENTICATED', text));
    } else if (id !== undefined) this.#owner.send(authenticatedMessage(id, answer.expiresAt));
  }

  replayed(event: ReplayEvent): void {
    this.#replays?.receive(event);
  }

  /** The client has the frame, or lost it to a newer one. */
  settled(frame: SymbolFrame): void {
    this.#replays?.settled(frame);
  }

  /** There may be room again. */
  release(): void {
    this.#wishes.release();
  }

  /** Takes it that the client will have the frame. */
  bytesFor(frame: SymbolFrame): Uint8Array {
    return this.#wishes.bytesFor(frame);
  }

  end(): void {
    this.#replays?.endAll();
    this.#wishes.end();
  }

  /** Else the client is told. */
  #knows(venue: string): boolean {
    const { venues } = this.#options;
    const isKnown = venues.some((name) => name === venue);
    if (!isKnown) this.#owner.send(errorMessage('INVALID_MESSAGE', unknownVenue(venue, venues)));
    return isKnown;
  }

  #subscribe(message: Extract<ClientMessage, { action: 'subscribe' }>): void {
    const { symbols: offered, pictures } = this.#options;
    const { mode = 'snapshot', resume, channels = ['heatmap'] } = message;
    const everyTicks = this.#ticksOf(message.update_interval);
    const wanted = message.symbols.map((symbol) => ({ symbol, name: named(symbol, message.venue) }));
    const accepted = wanted.filter(({ name }) => pictures.has(name));
    for (const { symbol, name } of wanted) {
      if (!pictures.has(name)) this.#owner.send(invalidSymbol(symbol, offered));
    }
    this.#acknowledge(
      message,
      accepted.map(({ name }) => name),
    );
    for (const { symbol, name } of accepted) {
      this.#replays?.end(name);
      this.#wishes.want(name, channels, { everyTicks, mode, has: resume?.[name] ?? resume?.[symbol] });
    }
  }

  #authenticate({ id, token }: Extract<ClientMessage, { action: 'authenticate' }>): void {
    const { session } = this.#owner;
    if (session === null) {
      this.#owner.send(errorMessage('INVALID_ACTION', 'This server asks for no credentials: leave authenticate out.'));
      return;
    }
    void session.authenticate(token).then((answer) => this.#owner.tell({ type: 'authenticated', id, answer }));
  }

  #replay(asked: ReplayMessage): void {
    const { symbols: offered, pictures, replaySlots, replays, tickMs } = this.#options;
    const message = { ...asked, symbol: named(asked.symbol, asked.venue) };
    const { symbol } = message;
    if (!pictures.has(symbol)) {
      this.#owner.send(invalidSymbol(asked.symbol, offered));
      return;
    }
    this.#replays ??= new ClientReplays(replays, replaySlots, this.#owner, {
      offer: (frame) => this.#wishes.offer(frame),
      finished: (of, state, seq) => this.#finished(of, state, seq),
    });
    this.#forget(symbol);
    if (!this.#replays.begin(message, this.#ticksOf(message.update_interval) * tickMs)) {
      const limit = `at most ${replaySlots.max} at a time`;
      this.#owner.send(errorMessage('RATE_LIMITED', `Too many replays are under way: ${limit}. Try again later.`));
      return;
    }
    this.#acknowledge(message, [symbol]);
  }

  #finished({ symbol, update_interval }: ReplayMessage, state: 'live' | 'ended', seq: number): void {
    this.#owner.send({ type: 'replay', symbol, state, seq });
    if (state === 'ended') return;
    const everyTicks = this.#ticksOf(update_interval);
    this.#wishes.subscribe(symbol, { everyTicks, mode: 'snapshot', has: undefined, afterSeq: seq });
  }

  #forget(symbol: string, channels: readonly ChannelName[] = channelNames): void {
    if (channels.includes('heatmap')) this.#replays?.end(symbol);
    this.#wishes.unsubscribe(symbol, channels);
  }

  #ticksOf(updateInterval: number | undefined): number {
    const { defaultIntervalMs, tickMs } = this.#options;
    const intervalMs = updateInterval === undefined ? defaultIntervalMs : updateInterval * 1000;
    return Math.max(Math.round(intervalMs / tickMs), 1);
  }

  #acknowledge(message: Exclude<ClientMessage, { action: 'ping' | 'authenticate' }>, symbols: readonly string[]): void {
    const channels = 'channels' in message ? message.channels : undefined;
    if (message.id !== undefined) this.#owner.send(ackMessage(message.id, message.action, symbols, channels));
  }
}

/** Of pictures. */
function named(symbol: string, venue: string | undefined): string {
  return venue === undefined ? symbol : `${venue}:${symbol}`;
}
