/** What can end, once, and tells those who watch it. */
import type { Ending } from './actor-ref.ts';

export interface Watcher {
  actorEnded(actor: Mortal): void;
}

export abstract class Mortal {
  #ending: Ending | null = null;
  #watchers: Set<Watcher> | null = null;

  get ending(): Ending | null {
    return this.#ending;
  }

  get watchers(): number {
    return this.#watchers?.size ?? 0;
  }

  /** Of one that has not ended. */
  addWatcher(watcher: Watcher): void {
    this.#watchers ??= new Set();
    this.#watchers.add(watcher);
  }

  removeWatcher(watcher: Watcher): void {
    this.#watchers?.delete(watcher);
  }

  /** From here on nothing is accepted; the watchers learn of it with `announceEnding`, when all has been cleared away. */
  protected beginEnding(ending: Ending): void {
    this.#ending = ending;
  }

  protected announceEnding(): void {
    for (const watcher of this.#watchers ?? []) watcher.actorEnded(this);
    this.#watchers = null;
  }
}
