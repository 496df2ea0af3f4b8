/**
 * A server, its clients and what befalls them, on one virtual clock: everything that may vary follows from the seed, so the same seed
 * gives the same bytes at the same virtual times on every socket, and what went wrong once goes wrong again.
 *
 * First all do as they like while disasters come; then it calms down, the source ends, and what clients hold by then is the server's
 * last state; then the server is stopped, and nothing may be left of it.
 */
import type { PictureName } from '../../src/actors/shown-pictures.ts';
import type { SymbolFrame } from '../../src/actors/symbol-frame.ts';
import type { Feed } from '../../src/feed/feed.ts';
import type { FeedClock } from '../../src/feed/pace.ts';
import { createSimulatedFeed } from '../../src/feed/simulated-feed.ts';
import { BesideClient } from './beside-client.ts';
import type { ClientHabits } from './client-habits.ts';
import { Dice } from './dice.ts';
import { type Disaster, drawDisasters } from './disasters.ts';
import { Faults } from './faults.ts';
import { MarketTape } from './market-tape.ts';
import type { Mutant } from './mutant.ts';
import { PictureLedger } from './picture-ledger.ts';
import { Recording } from './recording.ts';
import { ServerLives } from './server-lives.ts';
import { simulatedConfig, symbols } from './simulated-config.ts';
import { VirtualClient } from './virtual-client.ts';
import { VirtualClock } from './virtual-clock.ts';
import type { VirtualPeer } from './virtual-peer.ts';
import type { VirtualSocket } from './virtual-socket.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly mutant?: Mutant;
  /**
   * Clients beside the others that connect now and then and never read, or that connect at the same times and leave at once. So that
   * one run can be held against the other, connections then have their turns in order, and the server is not stopped before the end:
   * a stop waits for those that do not answer.
   */
  readonly beside?: 'nobody' | 'stuck' | 'gone';
  /** Whether the market is made while it runs; otherwise it is played from a tape. */
  readonly isMarketLive?: boolean;
}

export interface Final {
  readonly held: ReadonlyMap<string, PictureName | null>;
  /** Requests without an answer. */
  readonly unanswered: number;
}

/** 2026-01-02T03:04:05Z: any whole second will do. */
const startedAt = 1_767_323_045_000;
const calmAfterMs = 20_000;
const feedEndsAfterMs = calmAfterMs + 4500;
/** The longest interval that clients ask for, and time to read. */
const stopAfterMs = feedEndsAfterMs + 4500;
const besideAtMs = [2000, 10_000, 17_000];
/** Longer than a stop may take. */
const fullDiskMs = 15_000;
/** Different markets; more would tell nothing new. */
const markets = 8;
const mostSteps = 2_000_000;

export const journalTrack = 'server';
export const besidePrefix = 'beside';

export class Simulation {
  readonly seed: number;
  readonly config = simulatedConfig();
  readonly recording = new Recording();
  readonly ledger = new PictureLedger();
  readonly faults = new Faults();
  readonly clients: readonly VirtualClient[];
  /** The server's pictures when nothing new had come for a while… */
  readonly latest = new Map<string, SymbolFrame>();
  /** …and what connected clients held of all that they had subscribed to. */
  readonly finals = new Map<string, Final>();
  /** Clients that a broken socket may have cost a connection. */
  readonly brokenSockets = new Set<string>();
  readonly #options: SimulationOptions;
  readonly #dice: Dice;
  readonly #clock = new VirtualClock(startedAt);
  readonly #journal = this.recording.track(journalTrack);
  readonly #sockets = new Map<string, VirtualSocket>();
  readonly #beside: 'nobody' | 'stuck' | 'gone';
  readonly #besideClients: BesideClient[] = [];
  #lives!: ServerLives;
  #isBreathing = false;
  #isOver = false;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.seed = options.seed;
    this.#beside = options.beside ?? 'nobody';
    this.#dice = new Dice(`simulation ${options.seed}`);
    const count = this.#dice.whole(3, 6);
    this.clients = Array.from({ length: count }, (_, i) => this.#client(`client-${i + 1}`));
  }

  get lives(): ServerLives {
    return this.#lives;
  }

  async run(): Promise<this> {
    this.#lives = this.#servers(await this.#market());
    this.#begin();
    for (let step = 0; !this.#isOver; step++) {
      // All promises that can go on do so, and ticks of the turn with them, before time does.
      await new Promise<void>((resolve) => process.nextTick(resolve));
      if (this.#isBreathing) await new Promise((resolve) => setImmediate(resolve));
      this.#isBreathing = false;
      if (!this.#clock.fireNext() || step > mostSteps) throw new Error(`seed ${this.seed}: it does not end`);
    }
    return this;
  }

  async #market(): Promise<(clock: FeedClock) => Feed> {
    const { historyMs } = this.config.simulated;
    const options = { symbols, seed: this.seed % markets, historyMs };
    if (this.#options.isMarketLive === true) return (clock) => createSimulatedFeed({ ...options, clock });
    const tape = await MarketTape.of({ ...options, startedAt, lengthMs: stopAfterMs });
    return (clock) => tape.play(clock);
  }

  #servers(feed: (clock: FeedClock) => Feed): ServerLives {
    return new ServerLives({
      feed,
      startedAt,
      clock: this.#clock,
      dice: this.#dice,
      config: this.config,
      faults: this.faults,
      ledger: this.ledger,
      areClientsInOrder: this.#beside !== 'nobody',
      mutant: this.#options.mutant ?? {},
      note: (what) => this.#note(what),
      unreadBytes: () => this.#besideClients.reduce((sum, { unreadBytes }) => sum + unreadBytes, 0),
    });
  }

  #begin(): void {
    this.#lives.start(true);
    this.#breathe();
    for (const client of this.clients) client.start();
    for (const { at, disaster } of drawDisasters(this.#dice.fork('disasters'), calmAfterMs, symbols)) {
      this.#after(at, () => this.#befall(disaster));
    }
    const beside = this.#beside;
    if (beside !== 'nobody') for (const at of besideAtMs) this.#after(at, () => this.#connectBeside(beside));
    this.#after(calmAfterMs, () => this.#calmDown());
    this.#after(feedEndsAfterMs, () => this.#lives.current.endFeed());
    this.#after(stopAfterMs, () => this.#end());
  }

  #befall(disaster: Disaster): void {
    this.#note(JSON.stringify(disaster));
    const { faults } = this;
    const { name } = disaster;
    switch (name) {
      case 'stall':
        this.#lives.current.clock.stall(disaster.ms);
        return;
      case 'outage':
        faults.outageUntil = this.#clock.now() + disaster.ms;
        return;
      case 'damaged store':
        faults.armAppend(disaster.symbol, 'corrupt');
        return;
      case 'lost answer':
        faults.armAppend(disaster.symbol, 'answer_lost');
        return;
      case 'failed opening':
        faults.openings += disaster.times;
        return;
      case 'damaged checkpoint':
        faults.damagedCheckpoints += disaster.times;
        return;
      case 'lost render':
        faults.renders += disaster.times;
        return;
      case 'broken socket':
        this.#breakSocket(this.clients[disaster.client % this.clients.length]!.name);
        return;
      case 'crash':
        this.#lives.crash(disaster.downMs, disaster.isDiskLost);
        return;
      case 'restart':
        if (this.#beside !== 'nobody') return;
        if (disaster.isDiskFull) faults.outageUntil = this.#clock.now() + fullDiskMs;
        this.#lives.restart(disaster.downMs);
        return;
      default:
        name satisfies never;
    }
  }

  #breakSocket(client: string): void {
    const socket = this.#sockets.get(client);
    if (socket === undefined) return;
    socket.isBroken = true;
    this.brokenSockets.add(client);
  }

  #calmDown(): void {
    this.faults.end();
    for (const client of this.clients) client.calm();
  }

  #end(): void {
    const { current: server } = this.#lives;
    if (server.state !== 'running') throw new Error(`seed ${this.seed}: the last server is ${server.state}`);
    for (const [symbol, { latest }] of server.channels) if (latest !== undefined) this.latest.set(symbol, latest);
    for (const { name, isConnected, wishes, pictures, unanswered } of this.clients) {
      if (!isConnected) continue;
      const held = new Map([...wishes.keys()].map((symbol) => [symbol, pictures.get(symbol)!.picture]));
      this.finals.set(name, { held, unanswered });
    }
    this.#lives.stop(() => {
      this.#isOver = true;
    });
  }

  #connectBeside(how: 'stuck' | 'gone'): void {
    const name = `${besidePrefix}-${this.#besideClients.length + 1}`;
    const client = new BesideClient(this.#clock, this.#dice.fork(name), how);
    this.#besideClients.push(client);
    this.#lives.current.clock.arrive(() => {
      if (this.#open(name, name, client.habits, client.peer)) client.connected();
    });
  }

  #client(name: string): VirtualClient {
    return new VirtualClient({
      name,
      clock: this.#clock,
      dice: this.#dice.fork(name),
      startedAt,
      reach: (work) => this.#lives.current.clock.arrive(work, work),
      connect: (client, peer, connection) => this.#open(name, `${name}#${connection}`, client.habits, peer),
    });
  }

  #open(client: string, trackName: string, habits: ClientHabits, peer: VirtualPeer): boolean {
    const { current: server } = this.#lives;
    const track = this.recording.track(trackName);
    if (server.state !== 'running') {
      track.add(this.#sinceStart(), 'not answered');
      return false;
    }
    const socket = server.port.open(peer, habits, track);
    if (socket !== null) this.#sockets.set(client, socket);
    return socket !== null;
  }

  /** A feed that has long been quiet waits for the real event loop: it is given a turn every second. */
  #breathe(): void {
    this.#isBreathing = true;
    this.#after(1000, () => this.#breathe());
  }

  #note(what: string): void {
    this.#journal.add(this.#sinceStart(), what);
  }

  #sinceStart(): number {
    return this.#clock.now() - startedAt;
  }

  #after(ms: number, work: () => void): void {
    this.#clock.setTimer(work, ms);
  }
}
