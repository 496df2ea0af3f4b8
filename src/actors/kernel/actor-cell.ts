/**
 * One actor: its mailbox, its incarnation and what hangs on it. It is its own address and its own context, so that an idle actor is
 * one object; children, watchers, timers and stash are made when first used.
 *
 * It handles one message at a time and never inside a `tell`. Stopping and failing go before waiting messages.
 */
import { type ActorContext, type SpawnOptions, StashOverflow } from './actor-context.ts';
import type { ActorRef, Ending, TellOutcome } from './actor-ref.ts';
import { type Behavior, type Setup, stopped } from './behavior.ts';
import type { Clock } from './clock.ts';
import { Mailbox } from './mailbox.ts';
import type { Runnable } from './scheduler.ts';
import { answerFailure } from './supervision.ts';

/** What a cell needs of the system it lives in. */
export interface CellHost {
  readonly clock: Clock;
  schedule(cell: Runnable): void;
  started(): void;
  ended(path: string, cause: 'stopped' | 'failed'): void;
  failed(path: string, error: unknown, answer: 'resume' | 'restart' | 'fail'): void;
  releaseFailed(path: string, error: unknown): void;
  deadLetter(path: string, message: unknown): void;
  overflowed(path: string, capacity: number): void;
  deepened(size: number): void;
}

export class MailboxOverflow extends Error {
  override readonly name = 'MailboxOverflow';
}

interface Watcher {
  readonly tell: (ending: Ending) => void;
}

export class ActorCell<M> implements ActorRef<M>, ActorContext<M>, Runnable {
  readonly path: string;
  readonly #host: CellHost;
  readonly #setup: Setup<M>;
  readonly #options: SpawnOptions;
  readonly #onEnd: (() => void) | null;
  readonly #mailbox = new Mailbox<M>();
  /** Null while a restart is awaited, and after the end. */
  #behavior: Behavior<M> | null = null;
  #ending: Ending | null = null;
  #incarnation = 0;
  #isQueued = false;
  #isRunning = false;
  #mustStop = false;
  #overflow: MailboxOverflow | null = null;
  #restarts: number[] | null = null;
  #children: Map<string, ActorCell<never>> | null = null;
  #watchers: Watcher[] | null = null;
  #timers: Map<string, unknown> | null = null;
  #stash: M[] | null = null;

  constructor(host: CellHost, path: string, setup: Setup<M>, options: SpawnOptions, onEnd: (() => void) | null) {
    this.#host = host;
    this.path = path;
    this.#setup = setup;
    this.#options = options;
    this.#onEnd = onEnd;
    host.started();
    this.#begin();
  }

  get self(): ActorRef<M> {
    return this;
  }

  now(): number {
    return this.#host.clock.now();
  }

  tell(message: M): TellOutcome {
    if (this.#ending !== null) {
      this.#host.deadLetter(this.path, message);
      return 'dead';
    }
    const { capacity, overflow } = this.#options.mailbox;
    if (this.#mailbox.size >= capacity) {
      this.#host.overflowed(this.path, capacity);
      if (overflow === 'drop_oldest') this.#host.deadLetter(this.path, this.#mailbox.shift());
      else {
        if (overflow === 'fail') this.#failOfOverflow(capacity);
        return 'overflow';
      }
    }
    this.#enqueue(message);
    return 'accepted';
  }

  run(budget: number): boolean {
    for (let handled = 0; handled < budget; handled++) {
      if (this.#overflow !== null) this.#failNow(this.#overflow);
      if (this.#behavior === null || this.#mailbox.size === 0) break;
      this.#handle(this.#behavior, this.#mailbox.shift() as M);
    }
    this.#isQueued = this.#behavior !== null && this.#mailbox.size > 0;
    return this.#isQueued;
  }

  spawn<N>(setup: Setup<N>, options: SpawnOptions): ActorRef<N> {
    this.#children ??= new Map();
    const siblings = this.#children;
    const { name } = options;
    if (siblings.has(name)) throw new RangeError(`${this.path} already has a child named ${name}`);
    const child = new ActorCell(this.#host, `${this.path}/${name}`, setup, options, () => siblings.delete(name));
    if (child.#ending === null) siblings.set(name, child as ActorCell<never>);
    return child;
  }

  stop<N>(child: ActorRef<N>): void {
    if (child instanceof ActorCell) child.end();
  }

  watch<N>(actor: ActorRef<N>, whenEnded: (ending: Ending) => M): void {
    if (!(actor instanceof ActorCell)) return;
    const incarnation = this.#incarnation;
    const tell = (ending: Ending) => {
      if (this.#ending === null && this.#incarnation === incarnation) this.#enqueue(whenEnded(ending));
    };
    if (actor.#ending !== null) {
      tell(actor.#ending);
      return;
    }
    actor.#watchers ??= [];
    actor.#watchers.push({ tell });
  }

  startTimer(key: string, afterMs: number, message: M): void {
    this.cancelTimer(key);
    this.#timers ??= new Map();
    const timers = this.#timers;
    const fire = () => {
      timers.delete(key);
      this.#enqueue(message);
    };
    timers.set(key, this.#host.clock.setTimer(fire, afterMs));
  }

  cancelTimer(key: string): void {
    const handle = this.#timers?.get(key);
    if (handle === undefined) return;
    this.#host.clock.clearTimer(handle);
    this.#timers!.delete(key);
  }

  stash(message: M): void {
    const capacity = this.#options.stashCapacity ?? 0;
    this.#stash ??= [];
    if (this.#stash.length >= capacity)
      throw new StashOverflow(`${this.path}: more than ${capacity} messages to stash`);
    this.#stash.push(message);
  }

  unstashAll(): void {
    const stash = this.#stash ?? [];
    this.#stash = null;
    for (const message of stash.reverse()) this.#mailbox.unshift(message);
    this.#queue();
  }

  /** Ends the actor: at once, or after the message it is at. */
  end(): void {
    if (this.#ending !== null) return;
    if (this.#isRunning) this.#mustStop = true;
    else this.#finish({ path: this.path, cause: 'stopped' });
  }

  #begin(): void {
    this.#incarnation++;
    this.#isRunning = true;
    try {
      this.#behavior = this.#setup(this);
    } catch (error) {
      this.#isRunning = false;
      this.#failNow(error);
      return;
    }
    this.#isRunning = false;
    if (this.#mustStop) this.#finish({ path: this.path, cause: 'stopped' });
    else this.#queue();
  }

  #enqueue(message: M): void {
    this.#mailbox.push(message);
    this.#host.deepened(this.#mailbox.size);
    this.#queue();
  }

  /** While a restart is awaited messages wait without a turn. */
  #queue(): void {
    if (this.#isQueued || this.#behavior === null || this.#mailbox.size === 0) return;
    this.#isQueued = true;
    this.#host.schedule(this);
  }

  #handle(behavior: Behavior<M>, message: M): void {
    this.#isRunning = true;
    let next: ReturnType<Behavior<M>['receive']>;
    try {
      next = behavior.receive(message);
    } catch (error) {
      this.#isRunning = false;
      if (this.#mustStop) this.#finish({ path: this.path, cause: 'stopped' });
      else this.#failNow(error);
      return;
    }
    this.#isRunning = false;
    if (next === stopped || this.#mustStop) this.#finish({ path: this.path, cause: 'stopped' });
    else if (next !== undefined) this.#behavior = next;
  }

  #failOfOverflow(capacity: number): void {
    this.#overflow ??= new MailboxOverflow(`${this.path}: more than ${capacity} messages waiting`);
  }

  #failNow(error: unknown): void {
    this.#overflow = null;
    this.#restarts ??= [];
    const answer = answerFailure(this.#options.supervision, this.#restarts, this.now());
    this.#host.failed(this.path, error, answer.action);
    // Where setup itself throws there is no state to go on with.
    if (answer.action === 'fail' || (answer.action === 'resume' && this.#behavior === null)) {
      this.#finish({ path: this.path, cause: 'failed', error });
      return;
    }
    if (answer.action === 'restart') this.#restart(answer.afterMs);
  }

  #restart(afterMs: number): void {
    this.#closeIncarnation();
    this.unstashAll();
    if (afterMs <= 0) {
      this.#begin();
      return;
    }
    this.#timers ??= new Map();
    const timers = this.#timers;
    const key = 'kernel:restart';
    const begin = () => {
      timers.delete(key);
      this.#begin();
    };
    timers.set(key, this.#host.clock.setTimer(begin, afterMs));
  }

  /** Children first, then this one; nothing of the incarnation is left. */
  #closeIncarnation(): void {
    for (const child of [...(this.#children?.values() ?? [])]) child.end();
    for (const handle of this.#timers?.values() ?? []) this.#host.clock.clearTimer(handle);
    this.#timers = null;
    const behavior = this.#behavior;
    this.#behavior = null;
    try {
      behavior?.release?.();
    } catch (error) {
      this.#host.releaseFailed(this.path, error);
    }
  }

  #finish(ending: Ending): void {
    this.#ending = ending;
    this.#closeIncarnation();
    for (let message = this.#mailbox.shift(); message !== undefined; message = this.#mailbox.shift()) {
      this.#host.deadLetter(this.path, message);
    }
    for (const message of this.#stash ?? []) this.#host.deadLetter(this.path, message);
    this.#stash = null;
    this.#onEnd?.();
    this.#host.ended(this.path, ending.cause);
    const watchers = this.#watchers ?? [];
    this.#watchers = null;
    for (const watcher of watchers) watcher.tell(ending);
  }
}
