/**
 * A venue that can go wrong in every way a real one does, from a seed and on a clock of its own or the test's. It owns no socket:
 * whoever connects brings a peer, be that a real WebSocket (`venue-server.ts`) or memory (`venue-wires.ts`).
 */
import type { FeedClock } from '../../src/feed/pace.ts';
import { Random } from '../../src/feed/random.ts';
import type { SymbolObservation } from '../../src/market/event.ts';
import type { MarginTier } from '../../src/market/margin-tiers.ts';
import type { VenueMarket } from './venue-market.ts';
import type { HttpAnswer, VenueProtocol } from './venue-protocol.ts';

export interface Peer {
  send(text: string): void;
  ping(): void;
  close(code: number, reason: string): void;
}

export interface Session {
  received(text: string): void;
  ponged(): void;
  closed(): void;
}

/** All can be changed while it runs. Shares are of frames, 0–1. */
export interface VenueFaults {
  duplicated: number;
  /** Given out after the frame that follows. */
  reordered: number;
  /** Never given out. */
  dropped: number;
  /** Preceded by half of itself, by a wrong type, or by something unknown. */
  garbled: number;
  /** A connection is cut at this age. */
  lifetimeMs: number;
  /** Added to the exchange's clock. */
  skewMs: number;
  /** No data at all, while everything else goes on. */
  isSilent: boolean;
}

export const noFaults = (): VenueFaults => ({
  duplicated: 0,
  reordered: 0,
  dropped: 0,
  garbled: 0,
  lifetimeMs: 86_400_000,
  skewMs: 0,
  isSilent: false,
});

export interface VenueSimulatorOptions {
  readonly protocol: VenueProtocol;
  readonly market: VenueMarket;
  readonly clock: FeedClock;
  readonly seed: string;
  readonly faults: VenueFaults;
}

const stepMs = 20;
/** A frame is overtaken by what comes within this time. */
const longestOvertakenMs = 60;
/** Refused requests in a row that are borne before a ban, and how long that lasts. */
const patience = 10;
const banMs = 120_000;
const garbage = [
  '{"e":"aggTrade","s":7',
  '[[]]',
  '{"topic":7}',
  '{"e":"aggTrade","p":1}',
  '"x"',
  '{"topic":"new.thing"}',
];

interface Client {
  readonly peer: Peer;
  readonly isRouted: boolean;
  readonly topics: Set<string>;
  readonly openedAt: number;
  /** A frame that waits for the next one to pass it, and since when. */
  overtaken: string | null;
  overtakenAt: number;
  lastLifeAt: number;
  pingedAt: number;
  messageTimes: number[];
}

export class VenueSimulator {
  readonly #options: VenueSimulatorOptions;
  readonly #random: Random;
  readonly #clients = new Set<Client>();
  #timer: unknown = null;
  #usedWeight = 0;
  #window = -1;
  #refusedUntil = 0;
  #bannedUntil = 0;
  #ignoredRefusals = 0;
  /** Everything that happened, in order of time within a symbol. */
  readonly facts: SymbolObservation[] = [];
  connections = 0;
  requests = 0;
  readonly requestsByPath = new Map<string, number>();
  /** Requests that were refused with 429 or 418. */
  refusals = 0;

  constructor(options: VenueSimulatorOptions) {
    this.#options = options;
    this.#random = new Random(`${options.seed} faults`);
  }

  get faults(): VenueFaults {
    return this.#options.faults;
  }

  /** Exchange time in ms, with its skew. */
  get now(): number {
    return Math.floor(this.#options.clock.now() + this.faults.skewMs);
  }

  get openConnections(): number {
    return this.#clients.size;
  }

  start(): void {
    this.#timer = this.#options.clock.setTimer(() => {
      this.#step();
      this.start();
    }, stepMs);
  }

  stop(): void {
    this.#options.clock.clearTimer(this.#timer);
    this.cut();
  }

  /** Every connection ends; what was on the way arrives before. */
  cut(): void {
    for (const client of this.#clients) this.#end(client, 1006, 'cut');
  }

  /** For so long every request and connection is answered with 429 (`status` 429) or 418 (a ban). */
  refuse(status: 429 | 418, ms: number): void {
    if (status === 418) this.#bannedUntil = this.now + ms;
    else this.#refusedUntil = this.now + ms;
  }

  changeMarginTiers(symbol: string, tiers: readonly MarginTier[]): void {
    const { protocol, market } = this.#options;
    market.marginTiers.set(symbol, tiers);
    const frame = protocol.tiersFrame?.(symbol, tiers, this.now);
    if (frame === undefined) return;
    for (const client of this.#clients) if (client.topics.has(frame.topic)) client.peer.send(frame.text);
  }

  /** @returns the status of a refused upgrade, or the session. */
  connect(path: string, peer: Peer): Session | number {
    if (this.#bannedUntil > this.now) return 418;
    this.connections++;
    const now = this.now;
    const client: Client = {
      peer,
      isRouted: this.#options.protocol.isRouted(path),
      topics: new Set(),
      openedAt: now,
      overtaken: null,
      overtakenAt: now,
      lastLifeAt: now,
      pingedAt: now,
      messageTimes: [],
    };
    this.#clients.add(client);
    return {
      received: (text) => this.#received(client, text),
      ponged: () => {
        client.lastLifeAt = this.now;
      },
      closed: () => this.#clients.delete(client),
    };
  }

  request(url: URL): HttpAnswer {
    const { protocol, market } = this.#options;
    const { now } = this;
    this.requests++;
    this.requestsByPath.set(url.pathname, (this.requestsByPath.get(url.pathname) ?? 0) + 1);
    const window = Math.floor(now / protocol.weightWindowMs);
    if (window !== this.#window) this.#usedWeight = 0;
    this.#window = window;
    this.#usedWeight += protocol.weightOf(url.pathname);
    const used = protocol.weightHeader === null ? {} : { [protocol.weightHeader]: String(this.#usedWeight) };
    const isBanned = this.#bannedUntil > now;
    if (isBanned || this.#refusedUntil > now || this.#usedWeight > protocol.weightLimit) {
      this.refusals++;
      // Who goes on asking is banned.
      if (++this.#ignoredRefusals > patience) this.refuse(418, banMs);
      const until = isBanned ? this.#bannedUntil : Math.max(this.#refusedUntil, (window + 1) * protocol.weightWindowMs);
      const headers = { ...used, 'retry-after': String(Math.ceil((until - now) / 1000)) };
      return { status: isBanned ? 418 : 429, headers, body: '{"code":-1003,"msg":"Too many requests."}' };
    }
    this.#ignoredRefusals = 0;
    const answer = protocol.http(url, market, now);
    return { ...answer, headers: { ...answer.headers, ...used } };
  }

  #received(client: Client, text: string): void {
    const { protocol, market } = this.#options;
    if (!this.#clients.has(client)) return;
    client.messageTimes = [...client.messageTimes.filter((time) => time > this.now - 1000), this.now];
    if (protocol.messagesPerSecond !== null && client.messageTimes.length > protocol.messagesPerSecond) {
      this.#end(client, 1008, 'too many messages');
      return;
    }
    const message = protocol.read(text);
    if (message.type === 'ping') client.lastLifeAt = this.now;
    if (message.type !== 'subscribe') {
      client.peer.send(message.answer);
      return;
    }
    for (const answer of message.answers) client.peer.send(answer);
    for (const topic of message.topics) {
      client.topics.add(topic);
      if (client.isRouted) for (const frame of protocol.greet(topic, market, this.now)) client.peer.send(frame);
    }
  }

  #step(): void {
    const { protocol, market, faults } = this.#options;
    const news = market.advanceTo(this.now);
    for (const fact of news) this.facts.push(fact);
    const frames = protocol.frames(news, this.now);
    for (const client of this.#clients) {
      if (this.now - client.overtakenAt >= longestOvertakenMs) this.#flush(client);
      if (client.isRouted && !faults.isSilent) {
        for (const { topic, text } of frames) if (client.topics.has(topic)) this.#give(client, text);
      }
      if (protocol.serverPingMs !== null && this.now - client.pingedAt >= protocol.serverPingMs) {
        client.pingedAt = this.now;
        client.peer.ping();
      }
      if (this.now - client.lastLifeAt > protocol.lifeSignMs) this.#end(client, 1008, 'no sign of life');
      else if (this.now - client.openedAt >= faults.lifetimeMs) this.#end(client, 1001, 'lifetime over');
    }
  }

  #give(client: Client, text: string): void {
    const { faults } = this.#options;
    if (this.#strikes(faults.dropped)) return;
    if (this.#strikes(faults.garbled)) client.peer.send(this.#garbage(text));
    if (this.#strikes(faults.reordered) && client.overtaken === null) {
      client.overtaken = text;
      client.overtakenAt = this.now;
      return;
    }
    client.peer.send(text);
    if (this.#strikes(faults.duplicated)) client.peer.send(text);
    this.#flush(client);
  }

  #garbage(text: string): string {
    const pick = Math.floor(this.#random.uniform() * (garbage.length + 1));
    return garbage[pick] ?? text.slice(0, text.length / 2);
  }

  #strikes(share: number): boolean {
    return share > 0 && this.#random.uniform() < share;
  }

  #flush(client: Client): void {
    if (client.overtaken !== null) client.peer.send(client.overtaken);
    client.overtaken = null;
  }

  #end(client: Client, code: number, reason: string): void {
    this.#flush(client);
    this.#clients.delete(client);
    client.peer.close(code, reason);
  }
}
