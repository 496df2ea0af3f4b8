/** The worker pool as it is seen from the symbols: a picture takes its time, or fails. Made in place, when its time is over. */
import type { Clock } from '../../src/actors/kernel/clock.ts';
import type { RenderedSnapshot, SnapshotJob } from '../../src/workers/snapshot-job.ts';
import { renderSnapshot } from '../../src/workers/snapshot-task.ts';
import type { Dice } from './dice.ts';
import { type Faults, injected } from './faults.ts';
import type { Mutant } from './mutant.ts';

export interface SimulatedRendererOptions {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly faults: Faults;
  readonly mutant: Mutant;
  readonly unreadBytes: () => number;
}

export class SimulatedRenderer {
  readonly #options: SimulatedRendererOptions;
  readonly #diceOf = new Map<string, Dice>();
  /** Timers of pictures under way. */
  readonly #pending = new Set<unknown>();
  readonly #made = new Map<string, RenderedSnapshot[]>();

  constructor(options: SimulatedRendererOptions) {
    this.#options = options;
  }

  get pending(): number {
    return this.#pending.size;
  }

  render(job: SnapshotJob): Promise<RenderedSnapshot> {
    const { clock, faults, mutant, unreadBytes } = this.#options;
    const dice = this.#diceFor(job.facts.symbol);
    const fails = faults.take('renders');
    const waitMs = latency(dice, faults.areRendersSlow) + (mutant.renderDelayMs?.(unreadBytes()) ?? 0);
    return new Promise((resolve, reject) => {
      const timer = clock.setTimer(() => {
        this.#pending.delete(timer);
        if (fails) reject(new Error(`${injected}: the worker was lost`));
        else resolve(this.#make(job));
      }, waitMs);
      this.#pending.add(timer);
    });
  }

  /** Nobody waits any more for what is under way. */
  close(): void {
    for (const timer of this.#pending) this.#options.clock.clearTimer(timer);
    this.#pending.clear();
  }

  /** As late as can be: what is changed in the columns during the job shows. */
  #make(job: SnapshotJob): RenderedSnapshot {
    const { job: changedJob, rendered } = this.#options.mutant;
    const snapshot = renderSnapshot(changedJob?.(job) ?? job);
    if (rendered === undefined) return snapshot;
    const made = this.#made.get(job.facts.symbol) ?? [];
    this.#made.set(job.facts.symbol, made);
    const changed = rendered(snapshot, made);
    made.push(snapshot);
    return changed;
  }

  #diceFor(symbol: string): Dice {
    let dice = this.#diceOf.get(symbol);
    if (dice === undefined) {
      dice = this.#options.dice.fork(`render ${symbol}`);
      this.#diceOf.set(symbol, dice);
    }
    return dice;
  }
}

/** ms: mostly quick, now and then longer than a tick. */
function latency(dice: Dice, maybeSlow: boolean): number {
  return dice.chance(0.95) || !maybeSlow ? dice.ms(0.25, 6) : dice.ms(6, 2500);
}
