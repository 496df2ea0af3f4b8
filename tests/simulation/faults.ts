/** What goes wrong with the store and the renderer: armed by the simulation, suffered by whichever server runs. */

/**
 * `write_failed`: nothing was written, and trying again helps. `corrupt`: nothing was written, and it does not. `answer_lost`: it was
 * written, and whoever asked is told that it was not.
 */
export type AppendFate = 'done' | 'write_failed' | 'corrupt' | 'answer_lost';

/** In the words of every error that was meant to happen: any other one is a fault of the server. */
export const injected = 'injected';

export class Faults {
  /** ms of the virtual clock until which nothing can be written. */
  outageUntil = Number.NEGATIVE_INFINITY;
  /** How the next openings of a stream, saved checkpoints and rendered pictures fail: so many of them. */
  openings = 0;
  damagedCheckpoints = 0;
  renders = 0;
  readonly #appends = new Map<string, AppendFate>();
  /** Whether pictures may take longer than a tick. */
  areRendersSlow = true;
  /** Whether an answer was ever lost: then a conflict is no wonder. */
  hasLostAnswer = false;

  /** The next append to the symbol's stream. */
  armAppend(symbol: string, fate: AppendFate): void {
    this.#appends.set(symbol, fate);
  }

  takeAppend(stream: string, now: number): AppendFate {
    if (now < this.outageUntil) return 'write_failed';
    const symbol = stream.slice(stream.indexOf(':') + 1);
    const fate = this.#appends.get(symbol) ?? 'done';
    this.#appends.delete(symbol);
    if (fate === 'answer_lost') this.hasLostAnswer = true;
    return fate;
  }

  take(what: 'openings' | 'damagedCheckpoints' | 'renders'): boolean {
    if (this[what] === 0) return false;
    this[what]--;
    return true;
  }

  /** From now on all is well. */
  end(): void {
    this.outageUntil = Number.NEGATIVE_INFINITY;
    this.openings = 0;
    this.damagedCheckpoints = 0;
    this.renders = 0;
    this.areRendersSlow = false;
    this.#appends.clear();
  }
}
