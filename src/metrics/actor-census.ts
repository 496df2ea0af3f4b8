/** Actors by kind: how many there are, what waits in their mailboxes, and how often they failed and were started again. */
import type { KernelEvent } from '../actors/kernel/kernel-event.ts';

export type ActorKind = 'symbol' | 'symbol_watch' | 'supervisor' | 'connection';

export interface KindCensus {
  readonly actors: number;
  /** Messages in all mailboxes of the kind, now. */
  readonly waiting: number;
  /** Messages in the fullest of them, now. */
  readonly deepest: number;
  readonly failures: number;
  readonly restarts: number;
}

export type ActorCensus = Readonly<Partial<Record<ActorKind, KindCensus>>>;

/** Whoever can tell of all its actors: the actor system. */
export interface Counted {
  census(see: (path: string, waiting: number) => void): void;
}

const nobody: KindCensus = { actors: 0, waiting: 0, deepest: 0, failures: 0, restarts: 0 };

export class ActorCounts {
  readonly #failures = new Map<ActorKind, { failures: number; restarts: number }>();

  /** To be told of everything that the kernel reports. */
  observe(event: KernelEvent): void {
    if (event.type !== 'failed') return;
    const kind = actorKind(event.path);
    const known = this.#failures.get(kind) ?? { failures: 0, restarts: 0 };
    known.failures++;
    if (event.answer === 'restart') known.restarts++;
    this.#failures.set(kind, known);
  }

  /** Looks at every actor: for when somebody asks, not for every tick. */
  census(system: Counted): ActorCensus {
    const kinds = new Map<ActorKind, { actors: number; waiting: number; deepest: number }>();
    system.census((path, waiting) => {
      const kind = actorKind(path);
      const known = kinds.get(kind) ?? { actors: 0, waiting: 0, deepest: 0 };
      known.actors++;
      known.waiting += waiting;
      known.deepest = Math.max(known.deepest, waiting);
      kinds.set(kind, known);
    });
    const all = [...new Set([...kinds.keys(), ...this.#failures.keys()])];
    return Object.fromEntries(
      all.map((kind) => [kind, { ...nobody, ...kinds.get(kind), ...this.#failures.get(kind) }]),
    );
  }
}

export function addedCensus(a: ActorCensus, b: ActorCensus): ActorCensus {
  const sums: Partial<Record<ActorKind, KindCensus>> = { ...a };
  for (const [kind, more] of Object.entries(b) as [ActorKind, KindCensus][]) {
    const one = sums[kind] ?? nobody;
    sums[kind] = {
      actors: one.actors + more.actors,
      waiting: one.waiting + more.waiting,
      deepest: Math.max(one.deepest, more.deepest),
      failures: one.failures + more.failures,
      restarts: one.restarts + more.restarts,
    };
  }
  return sums;
}

/** By the names that actors are spawned under. */
export function actorKind(path: string): ActorKind {
  if (path === '/supervisor') return 'supervisor';
  if (path.startsWith('/supervisor/')) return 'connection';
  return path.startsWith('/watch-') ? 'symbol_watch' : 'symbol';
}
