/**
 * One life of an actor, from setup to release: its behaviour, and what it has around it. When it is over nothing of it is left: its
 * children have ended, its timers are cleared, it watches nobody, and what these had to say and had not yet said is withdrawn.
 *
 * Children, timers, watches, notices and stash are made when first used.
 */
import { type ActorContext, IncarnationOver, StashOverflow } from './actor-context.ts';
import type { ActorRef, Ending } from './actor-ref.ts';
import type { Behavior, Setup } from './behavior.ts';
import type { CellHost, Child, Parent } from './cell-host.ts';
import type { Mailbox } from './mailbox.ts';
import { Mortal, type Watcher } from './mortal.ts';
import { checkSpawnOptions, type SpawnOptions } from './spawn-options.ts';

/** The actor whose life this is. */
export interface IncarnationOwner<M> extends ActorRef<M> {
  readonly host: CellHost;
  readonly options: SpawnOptions;
  readonly mailbox: Mailbox<M>;
  /** There is something to do. */
  wake(): void;
}

/** A message of the kernel. It keeps its place among the others but not their bound, and can be withdrawn until it is handled. */
interface Notice<M> {
  message: (() => M) | null;
  /** It goes before the mailbox's message of this position; NaN until posted. */
  position: number;
}

interface Timer<M> {
  readonly notice: Notice<M>;
  handle: unknown;
}

/** What `setTimeout` can count to; it takes more for nothing. */
const maxTimerMs = 2 ** 31 - 1;

export class Incarnation<M> implements ActorContext<M>, Watcher, Parent {
  readonly #owner: IncarnationOwner<M>;
  /** Null during setup. */
  behavior: Behavior<M> | null = null;
  #isOver = false;
  #children: Map<string, Child> | null = null;
  #timers: Map<string, Timer<M>> | null = null;
  #watched: Map<Mortal, Notice<M>> | null = null;
  #notices: Notice<M>[] | null = null;
  #stash: M[] | null = null;

  constructor(owner: IncarnationOwner<M>) {
    this.#owner = owner;
  }

  get self(): ActorRef<M> {
    return this.#owner;
  }

  now(): number {
    return this.#owner.host.clock.now();
  }

  spawn<N>(setup: Setup<N>, options: SpawnOptions): ActorRef<N> {
    this.#mustLive('spawn');
    checkSpawnOptions(options);
    const path = `${this.#owner.path}/${options.name}`;
    this.#children ??= new Map();
    if (this.#children.has(path)) throw new RangeError(`there is already an actor ${path}: choose another name`);
    const child = this.#owner.host.makeCell(path, setup, options, this);
    this.#children.set(path, child);
    child.begin();
    return child;
  }

  stop<N>(child: ActorRef<N>): void {
    const mine = this.#children?.get(child.path);
    if (mine !== undefined && (mine as unknown) === child) mine.stop();
    else if (mortal(child).ending === null) {
      throw new RangeError(`${child.path} is not a child of ${this.#owner.path}: only its parent can stop it`);
    }
  }

  watch<N>(actor: ActorRef<N>, whenEnded: (ending: Ending) => M): void {
    this.#mustLive('watch');
    const target = mortal(actor);
    this.unwatch(actor);
    this.#watched ??= new Map();
    const watched = this.#watched;
    const message = () => {
      watched.delete(target);
      return whenEnded(target.ending!);
    };
    const notice: Notice<M> = { message, position: Number.NaN };
    watched.set(target, notice);
    if (target.ending === null) target.addWatcher(this);
    else this.#post(notice);
  }

  unwatch<N>(actor: ActorRef<N>): void {
    const target = mortal(actor);
    const notice = this.#watched?.get(target);
    if (notice === undefined) return;
    notice.message = null;
    this.#watched!.delete(target);
    target.removeWatcher(this);
  }

  startTimer(key: string, afterMs: number, message: M): void {
    this.#mustLive('start a timer');
    if (!(afterMs >= 0 && afterMs <= maxTimerMs)) {
      throw new RangeError(`${this.#owner.path}: timer ${key} after ${afterMs} ms must be within 0 and ${maxTimerMs}`);
    }
    this.cancelTimer(key);
    this.#timers ??= new Map();
    const timers = this.#timers;
    const due = () => {
      timers.delete(key);
      return message;
    };
    const notice: Notice<M> = { message: due, position: Number.NaN };
    timers.set(key, { notice, handle: this.#owner.host.clock.setTimer(() => this.#post(notice), afterMs) });
  }

  cancelTimer(key: string): void {
    const timer = this.#timers?.get(key);
    if (timer === undefined) return;
    timer.notice.message = null;
    this.#owner.host.clock.clearTimer(timer.handle);
    this.#timers!.delete(key);
  }

  stash(message: M): void {
    this.#mustLive('stash');
    const { stashCapacity = 0 } = this.#owner.options;
    this.#stash ??= [];
    if (this.#stash.length >= stashCapacity) {
      throw new StashOverflow(`${this.#owner.path}: the stash is full at ${stashCapacity} messages (stashCapacity)`);
    }
    this.#stash.push(message);
  }

  unstashAll(): void {
    const stash = this.#stash;
    if (stash === null) return;
    this.#stash = null;
    for (const message of stash.reverse()) this.#owner.mailbox.unshift(message);
    this.#owner.wake();
  }

  get hasNotices(): boolean {
    return this.#notices !== null;
  }

  /** The notice that goes before the mailbox's next message, or null; one that was withdrawn has no message. */
  takeNotice(): Notice<M> | null {
    const notices = this.#notices;
    if (notices === null || notices[0]!.position > this.#owner.mailbox.head) return null;
    if (notices.length === 1) this.#notices = null;
    return notices.shift()!;
  }

  actorEnded(actor: Mortal): void {
    const notice = this.#watched?.get(actor);
    if (notice !== undefined) this.#post(notice);
  }

  childEnded(child: Child): void {
    this.#children?.delete(child.path);
  }

  census(see: (path: string, waiting: number) => void): void {
    for (const child of this.#children?.values() ?? []) child.census(see);
  }

  /** Children first, the youngest of them first; then this one. */
  close(): void {
    const { host, path } = this.#owner;
    this.unstashAll();
    this.#isOver = true;
    for (const child of [...(this.#children?.values() ?? [])].reverse()) child.end();
    for (const timer of this.#timers?.values() ?? []) host.clock.clearTimer(timer.handle);
    for (const target of this.#watched?.keys() ?? []) target.removeWatcher(this);
    try {
      this.behavior?.release?.();
    } catch (error) {
      host.releaseFailed(path, error);
    }
  }

  #post(notice: Notice<M>): void {
    notice.position = this.#owner.mailbox.tail;
    this.#notices ??= [];
    this.#notices.push(notice);
    this.#owner.wake();
  }

  #mustLive(what: string): void {
    if (this.#isOver) {
      throw new IncarnationOver(
        `${this.#owner.path}: an incarnation that is over cannot ${what}; tell the actor instead`,
      );
    }
  }
}

function mortal<N>(actor: ActorRef<N>): Mortal {
  if (actor instanceof Mortal) return actor;
  throw new TypeError(
    `${actor.path} was not spawned by an actor system: it has no ending to watch and cannot be stopped`,
  );
}
