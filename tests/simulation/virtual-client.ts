/**
 * A client with habits of its own: it connects, subscribes, talks, reads as it can, goes away and comes back. It keeps what it was
 * shown, for the judges.
 */
import { constants, inflateRawSync } from 'node:zlib';
import type { Clock } from '../../src/actors/kernel/clock.ts';
import type { DeltaMessage, ServerMessage, SnapshotMessage } from '../../src/protocol/server-message.ts';
import { DeltaClient, type Row } from '../support/delta-client.ts';
import { type ClientHabits, drawDeed, drawHabits, drawNonsense, readingMs } from './client-habits.ts';
import type { Dice } from './dice.ts';
import { symbols } from './simulated-config.ts';
import { type PeerOwner, VirtualPeer } from './virtual-peer.ts';

export interface Wish {
  readonly mode: 'snapshot' | 'delta';
  /** Seconds; undefined: the server's own pace. */
  readonly interval: number | undefined;
}

/** One picture as it arrived, and what the client made of it. */
export interface Sighting {
  readonly client: string;
  readonly connection: number;
  readonly at: number;
  readonly message: SnapshotMessage | DeltaMessage;
  readonly outcome: 'shown' | 'old' | 'repair';
  readonly rows: readonly Row[];
  /** No picture of the symbol came since it last subscribed to it on this connection. */
  readonly isFirst: boolean;
}

export interface ClientOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly startedAt: number;
  /** Does it as soon as the server can answer. */
  readonly reach: (work: () => void) => void;
  /** @returns whether the server let it in. */
  readonly connect: (client: VirtualClient, peer: VirtualPeer, connection: number) => boolean;
}

interface Request {
  readonly symbols: readonly string[];
  /** Null: to be left alone. */
  readonly wish: Wish | null;
}

const intervals = [undefined, undefined, 1, 1, 1.5, 2, 3, 0.1];

export class VirtualClient implements PeerOwner {
  readonly name: string;
  readonly habits: ClientHabits;
  readonly sightings: Sighting[] = [];
  /** All but pictures. */
  readonly messages: ServerMessage[] = [];
  /** What the server has acknowledged on this connection. */
  readonly wishes = new Map<string, Wish>();
  readonly pictures = new Map<string, DeltaClient>(symbols.map((symbol) => [symbol, new DeltaClient()]));
  readonly closeCodes: number[] = [];
  hasFlooded = false;
  hasStoodStill = false;
  readonly #options: ClientOptions;
  readonly #dice: Dice;
  /** What it will ask for again when it comes back. */
  readonly #wanted = new Map<string, Wish>();
  readonly #requests = new Map<string, Request>();
  readonly #fresh = new Set<string>();
  #peer: VirtualPeer | null = null;
  #connections = 0;
  #said = 0;
  #isCalm = false;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.name = options.name;
    this.#dice = options.dice;
    this.habits = drawHabits(this.#dice);
  }

  get isConnected(): boolean {
    return this.#peer !== null && !this.#peer.isOver;
  }

  /** Requests of this connection that were never acknowledged. */
  get unanswered(): number {
    return this.#requests.size;
  }

  start(): void {
    this.#after(this.#dice.ms(0, 8000), () => this.#knock());
  }

  /** From now on it reads what comes, comes back if it has to, and does nothing else. */
  calm(): void {
    this.#isCalm = true;
    this.#peer?.standStill(false);
  }

  readingMs(): number {
    return readingMs(this.#isCalm ? 'promptly' : this.habits.reads, this.#dice);
  }

  message(payload: Uint8Array, isDeflated: boolean): void {
    const bytes = isDeflated ? inflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }) : Buffer.from(payload);
    const message: ServerMessage = JSON.parse(bytes.toString());
    if (message.type === 'snapshot' || message.type === 'delta') {
      this.#show(message);
      return;
    }
    this.messages.push(message);
    if (message.type === 'ack') this.#acknowledged(String(message.id), message.symbols);
  }

  ended(code: number): void {
    this.closeCodes.push(code);
    this.#comeBack();
  }

  #knock(): void {
    this.#options.reach(() => this.#connect());
  }

  #connect(): void {
    const { clock, dice } = this.#options;
    const peer = new VirtualPeer({ clock, dice, linkMs: this.habits.linkMs, owner: this });
    if (!this.#options.connect(this, peer, ++this.#connections)) {
      this.#comeBack();
      return;
    }
    this.#peer = peer;
    this.wishes.clear();
    this.#requests.clear();
    this.#fresh.clear();
    for (const [symbol, wish] of [...this.#wanted]) this.#subscribe([symbol], wish, this.#dice.chance(0.8));
    if (this.#wanted.size === 0 || this.#dice.chance(0.3)) this.#subscribeToSome();
    this.#talkLater();
  }

  #comeBack(): void {
    this.#after(this.#isCalm ? this.#dice.ms(100, 900) : this.#dice.ms(100, 4000), () => this.#knock());
  }

  #talkLater(): void {
    const peer = this.#peer;
    this.#after(this.#dice.ms(...this.habits.talksEveryMs), () => {
      if (this.#isCalm || this.#peer !== peer || !this.isConnected) return;
      this.#talk(this.#peer!);
      this.#talkLater();
    });
  }

  #talk(peer: VirtualPeer): void {
    const deed = drawDeed(this.habits, this.#dice);
    switch (deed) {
      case 'subscribe':
        this.#subscribeToSome();
        return;
      case 'unsubscribe':
        this.#request({ symbols: this.#someSymbols(), wish: null }, { action: 'unsubscribe' });
        return;
      case 'ping':
        peer.say('text', '{"action":"ping"}');
        return;
      case 'socket ping':
        peer.say('ping', this.#dice.pick(['', 'x', 'hello']));
        return;
      case 'nonsense':
        if (this.#dice.chance(0.2)) peer.say('binary', 'bytes');
        else peer.say('text', drawNonsense(this.#dice));
        return;
      case 'flood':
        this.hasFlooded = true;
        for (let i = this.#dice.whole(20, 90); i > 0; i--) peer.say('text', '{"action":"ping"}');
        return;
      case 'stand still':
        this.hasStoodStill = true;
        peer.standStill(true);
        this.#after(this.#dice.ms(500, 9000), () => peer.standStill(false));
        return;
      case 'leave':
        peer.leave(this.#dice.pick([1000, 1001]));
        this.#comeBack();
        return;
      case 'vanish':
        peer.vanish(this.#dice.chance(0.5));
        this.#comeBack();
        return;
      default:
        deed satisfies never;
    }
  }

  #subscribeToSome(): void {
    const mode = this.#dice.chance(this.habits.deltaShare) ? 'delta' : 'snapshot';
    this.#subscribe(this.#someSymbols(), { mode, interval: this.#dice.pick(intervals) }, false);
  }

  #someSymbols(): string[] {
    const some = symbols.filter(() => this.#dice.chance(0.6));
    if (this.#dice.chance(0.05)) return [...some, 'XYZUSDT'];
    return some.length === 0 ? [this.#dice.pick(symbols)] : some;
  }

  /** @param mayResume whether it names the pictures that it has; only where none can be on their way. */
  #subscribe(names: readonly string[], wish: Wish, mayResume: boolean): void {
    const held = names.flatMap((symbol) => {
      const picture = this.pictures.get(symbol)?.picture ?? null;
      return picture === null ? [] : [[symbol, { epoch: picture.epoch, seq: picture.seq }] as const];
    });
    const resume = mayResume && wish.mode === 'delta' && held.length > 0 ? Object.fromEntries(held) : undefined;
    const { mode, interval } = wish;
    this.#request({ symbols: names, wish }, { action: 'subscribe', mode, update_interval: interval, resume });
  }

  #request(request: Request, message: Record<string, unknown>): void {
    const id = `${this.#connections}-${++this.#said}`;
    this.#requests.set(id, request);
    for (const symbol of request.symbols) {
      if (request.wish === null) this.#wanted.delete(symbol);
      else if (this.pictures.has(symbol)) this.#wanted.set(symbol, request.wish);
    }
    this.#peer!.say('text', JSON.stringify({ ...message, symbols: request.symbols, id }));
  }

  #acknowledged(id: string, accepted: readonly string[]): void {
    const request = this.#requests.get(id);
    if (request === undefined) return;
    this.#requests.delete(id);
    for (const symbol of accepted) {
      if (request.wish === null) this.wishes.delete(symbol);
      else this.wishes.set(symbol, request.wish);
      this.#fresh.add(symbol);
    }
  }

  #show(message: SnapshotMessage | DeltaMessage): void {
    const { symbol } = message;
    const screen = this.pictures.get(symbol)!;
    const outcome = screen.take(message);
    this.sightings.push({
      client: this.name,
      connection: this.#connections,
      at: this.#options.clock.now() - this.#options.startedAt,
      message,
      outcome,
      rows: screen.picture?.rows ?? [],
      isFirst: this.#fresh.delete(symbol),
    });
    if (outcome === 'repair') this.#subscribe([symbol], { mode: 'delta', interval: 1 }, false);
  }

  #after(ms: number, work: () => void): void {
    this.#options.clock.setTimer(work, ms);
  }
}
