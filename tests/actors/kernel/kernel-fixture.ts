/** An actor system under a clock moved by hand, with all it reports kept. */
import { ActorSystem } from '../../../src/actors/kernel/actor-system.ts';
import type { Setup } from '../../../src/actors/kernel/behavior.ts';
import type { KernelEvent } from '../../../src/actors/kernel/kernel-event.ts';
import type { SpawnOptions } from '../../../src/actors/kernel/spawn-options.ts';
import type { Supervision } from '../../../src/actors/kernel/supervision.ts';
import { ManualClock } from '../../support/manual-clock.ts';

export class KernelFixture {
  readonly clock = new ManualClock();
  readonly events: KernelEvent[] = [];
  readonly system: ActorSystem;

  constructor(scheduler = { turnMessages: 4, roundTurns: 8 }) {
    this.system = new ActorSystem({ clock: this.clock, scheduler, observe: (event) => this.events.push(event) });
  }

  /** Moves the clock and lets everything that this set going run out. */
  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.system.idle();
  }

  eventsOf<T extends KernelEvent['type']>(type: T): Extract<KernelEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<KernelEvent, { type: T }> => event.type === type);
  }
}

export function options(name: string, changes: Partial<SpawnOptions> = {}): SpawnOptions {
  return {
    name,
    mailbox: { capacity: 1000, overflow: 'reject_newest' },
    supervision: { onFailure: 'stop' },
    ...changes,
  };
}

/** Restarts without a pause. */
export const restartAtOnce: Supervision = {
  onFailure: 'restart',
  maxRestarts: 3,
  withinMs: 1000,
  backoffMs: { first: 0, max: 0 },
};

/** An actor that keeps what it is told in `heard`, throws what is an error, and adds `setup` and `release` around it. */
export function recorder(heard: unknown[]): Setup<unknown> {
  return () => {
    heard.push('setup');
    return {
      receive(message) {
        if (message instanceof Error) throw message;
        heard.push(message);
      },
      release() {
        heard.push('release');
      },
    };
  };
}
