/**
 * One life of the whole server core under a virtual clock: the real symbol actors, supervisor and connection actors, frame channels,
 * ticks and pump, put together as `Heatline` and `LocalClients` do it. Only what lies outside is simulated: log, renderer, sockets,
 * and who gets the next turn.
 */
import { ActorSystem } from '../../src/actors/kernel/actor-system.ts';
import type { Clock } from '../../src/actors/kernel/clock.ts';
import type { KernelEvent } from '../../src/actors/kernel/kernel-event.ts';
import { NewsDesk } from '../../src/actors/news-desk.ts';
import type { SymbolFrame } from '../../src/actors/symbol-frame.ts';
import type { Config } from '../../src/config.ts';
import type { Feed } from '../../src/feed/feed.ts';
import type { FeedClock } from '../../src/feed/pace.ts';
import type { MemoryStore } from '../../src/log/memory-event-log.ts';
import { FrameChannel } from '../../src/streams/frame-channel.ts';
import type { Dice } from './dice.ts';
import type { Faults } from './faults.ts';
import type { Mutant } from './mutant.ts';
import type { PictureLedger } from './picture-ledger.ts';
import { SeededScheduler } from './seeded-scheduler.ts';
import { ServerClock } from './server-clock.ts';
import { SimulatedClients } from './simulated-clients.ts';
import { SimulatedSymbols } from './simulated-symbols.ts';
import type { VirtualPort } from './virtual-port.ts';

export interface SimulatedServerOptions {
  readonly clock: Clock;
  readonly startedAt: number;
  /** Of this life. */
  readonly dice: Dice;
  readonly config: Config;
  readonly store: MemoryStore;
  readonly epochIfNew: string;
  readonly feed: (clock: FeedClock) => Feed;
  readonly faults: Faults;
  readonly ledger: PictureLedger;
  readonly mutant: Mutant;
  /** Whether supervisor and connections have their turns in order, or as the dice say. */
  readonly areClientsInOrder: boolean;
  /** Told what happens, in words. */
  readonly note: (what: string) => void;
  /** Bytes that clients beside have not read, for mutants. */
  readonly unreadBytes: () => number;
}

export class SimulatedServer {
  readonly clock: ServerClock;
  readonly channels: ReadonlyMap<string, FrameChannel<SymbolFrame>>;
  /** `stopping` from the first moment on. */
  state: 'running' | 'stopping' | 'stopped' | 'crashed' = 'running';
  readonly #options: SimulatedServerOptions;
  readonly #symbolSystem: ActorSystem;
  readonly #clientSystem: ActorSystem;
  readonly #symbols: SimulatedSymbols;
  readonly #clients: SimulatedClients;

  constructor(options: SimulatedServerOptions) {
    const { config } = options;
    this.#options = options;
    this.clock = new ServerClock(options.clock);
    this.channels = new Map(
      config.symbols.map((symbol) => [symbol, new FrameChannel(config.idleTicks, {}, config.recentPictures)]),
    );
    this.#symbolSystem = this.#system(options.dice.fork('symbols'));
    this.#clientSystem = this.#system(options.areClientsInOrder ? null : options.dice.fork('clients'));
    const news = new NewsDesk({
      symbols: options.config.symbols,
      recentLiquidations: options.config.recentLiquidations,
    });
    const parts = { ...options, clock: this.clock, channels: this.channels, news };
    this.#symbols = new SimulatedSymbols({ ...parts, system: this.#symbolSystem });
    this.#clients = new SimulatedClients({ ...parts, system: this.#clientSystem });
    void this.#symbols.start();
  }

  get port(): VirtualPort {
    return this.#clients.port;
  }

  /** The source has nothing more to say. */
  endFeed(): void {
    void this.#symbols.endFeed();
  }

  async stop(): Promise<void> {
    this.state = 'stopping';
    await this.#symbols.endFeed();
    await Promise.all([this.#symbols.finish(), this.#clients.sayGoodbye()]);
    if (this.#options.mutant.keepsTicking !== true) this.#symbols.endTicks();
    this.port.stop();
    await this.#clientSystem.stop();
    await this.#symbolSystem.stop();
    await this.#symbols.close();
    this.state = 'stopped';
  }

  /** As if the power had failed: nothing of it runs any more. */
  crash(): void {
    this.state = 'crashed';
    this.clock.cut();
    this.port.die();
    this.#symbols.cut();
  }

  /** What is still there, in words. After a stop there must be nothing. */
  leftovers(): string[] {
    const symbols = this.#symbolSystem.stats();
    const clients = this.#clientSystem.stats();
    const left = {
      timers: this.clock.pendingTimers,
      'symbol actors': symbols.actors,
      'client actors': clients.actors,
      'waiting turns': symbols.runnable + clients.runnable,
      'channel subscribers': [...this.channels.values()].reduce((sum, { subscribers }) => sum + subscribers, 0),
      'calls under way': this.#symbols.pending,
      ...this.#clients.counts(),
    };
    return Object.entries(left)
      .filter(([, count]) => count !== 0)
      .map(([what, count]) => `${count} ${what}`);
  }

  #system(dice: Dice | null): ActorSystem {
    return new ActorSystem({
      clock: this.clock,
      scheduler: this.#options.config.scheduler,
      turnGiver: new SeededScheduler(this.clock, dice),
      observe: (event) => this.#observe(event),
    });
  }

  #observe(event: KernelEvent): void {
    const { note, ledger } = this.#options;
    if (event.type === 'failed' || event.type === 'release_failed') {
      ledger.failures.push({ path: event.path, error: event.error });
      note(`${event.path} ${event.type}: ${event.error}`);
    }
    if (event.type === 'overflow') note(`${event.path} overflowed`);
  }
}
