/** One server after another on the same disk: each is stopped as it should be, or crashes, and then the next one starts. */
import type { Clock } from '../../src/actors/kernel/clock.ts';
import { emptyMemoryStore, type MemoryStore } from '../../src/log/memory-event-log.ts';
import type { Dice } from './dice.ts';
import { SimulatedServer, type SimulatedServerOptions } from './simulated-server.ts';

export interface ServerLivesOptions extends Omit<SimulatedServerOptions, 'store' | 'epochIfNew'> {
  /** Of all lives. */
  readonly dice: Dice;
}

/** By then everything has been cut off that does not end by itself. */
const stopTakesMs = 10_000;
/** Timers may still be set that fire to do nothing. */
const lingerMs = 200;

export class ServerLives {
  current!: SimulatedServer;
  crashes = 0;
  /** Those that came to their end. */
  stops = 0;
  /** What was wrong with stops, in words. */
  readonly problems: string[] = [];
  /** Every disk there was, by the epoch of its streams. */
  readonly stores = new Map<string, MemoryStore>();
  readonly #options: ServerLivesOptions;
  readonly #clock: Clock;
  #lives = 0;

  constructor(options: ServerLivesOptions) {
    this.#options = options;
    this.#clock = options.clock;
  }

  /** @param isDiskNew whether the streams begin anew. */
  start(isDiskNew: boolean): void {
    if (isDiskNew) this.stores.set(`e${this.stores.size + 1}`, emptyMemoryStore());
    const [epochIfNew, store] = [...this.stores].at(-1)!;
    this.#options.ledger.serverStarted();
    const life = `life ${++this.#lives}`;
    this.#options.note(`${life} of ${epochIfNew}`);
    this.current = new SimulatedServer({ ...this.#options, dice: this.#options.dice.fork(life), store, epochIfNew });
  }

  crash(downMs: number, isDiskLost: boolean): void {
    const { state } = this.current;
    if (state === 'crashed' || state === 'stopped') return;
    this.crashes++;
    this.current.crash();
    this.#clock.setTimer(() => this.start(isDiskLost), downMs);
  }

  restart(downMs: number): void {
    if (this.current.state === 'running') this.stop(() => this.#clock.setTimer(() => this.start(false), downMs));
  }

  /** @param stopped called when nothing may be left of it. */
  stop(stopped: () => void): void {
    const server = this.current;
    const overdue = this.#clock.setTimer(() => {
      if (server.state === 'crashed') return;
      this.problems.push(`a stop did not end within ${stopTakesMs} ms: there are ${server.leftovers().join(', ')}`);
      server.crash();
      stopped();
    }, stopTakesMs);
    void server.stop().then(() => {
      this.stops++;
      this.#clock.clearTimer(overdue);
      this.#clock.setTimer(() => {
        const left = server.leftovers();
        if (left.length > 0) this.problems.push(`after a stop there are left: ${left.join(', ')}`);
        stopped();
      }, lingerMs);
    });
  }
}
