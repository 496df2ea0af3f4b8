/**
 * One actor through all its incarnations: its address, its mailbox, and what becomes of it.
 *
 * Everything it does it does in its turns, one thing at a time and never inside a `tell`; only the first setup runs in `spawn`.
 * Stopping, failing of an overflow and beginning anew go before the messages that wait.
 */
import type { ActorRef, Ending, TellOutcome } from './actor-ref.ts';
import { type Behavior, type Setup, stopped } from './behavior.ts';
import type { CellHost, Child, Parent } from './cell-host.ts';
import { Incarnation, type IncarnationOwner } from './incarnation.ts';
import { Mailbox } from './mailbox.ts';
import { Mortal } from './mortal.ts';
import type { Runnable } from './scheduler.ts';
import type { SpawnOptions } from './spawn-options.ts';
import { answerFailure } from './supervision.ts';

/** What comes before messages. A later order takes the place of an earlier one, but nothing that of `stop`. */
type Order =
  | { readonly type: 'stop' }
  | { readonly type: 'begin' }
  | { readonly type: 'fail'; readonly error: unknown };

const stopOrder: Order = { type: 'stop' };
const beginOrder: Order = { type: 'begin' };

export class MailboxOverflow extends Error {
  override readonly name = 'MailboxOverflow';
}

export class ActorCell<M> extends Mortal implements ActorRef<M>, Child, IncarnationOwner<M>, Runnable {
  readonly path: string;
  readonly host: CellHost;
  readonly options: SpawnOptions;
  readonly mailbox = new Mailbox<M>();
  readonly #setup: Setup<M>;
  readonly #parent: Parent;
  /** Null while a restart is awaited, and after the end. */
  #life: Incarnation<M> | null = null;
  #order: Order | null = null;
  #isQueued = false;
  /** Times of restarts within the window. */
  #restarts: number[] | null = null;
  /** Timer of the pause before a restart. */
  #pause: unknown = null;

  constructor(host: CellHost, path: string, setup: Setup<M>, options: SpawnOptions, parent: Parent) {
    super();
    this.host = host;
    this.path = path;
    this.options = options;
    this.#setup = setup;
    this.#parent = parent;
  }

  tell(message: M): TellOutcome {
    if (this.ending !== null || this.#order === stopOrder) {
      this.host.deadLetter(this.path, message);
      return 'dead';
    }
    if (this.mailbox.size >= this.options.mailbox.capacity && !this.#makeRoom()) return 'overflow';
    this.mailbox.push(message);
    this.host.deepened(this.mailbox.size);
    this.wake();
    return 'accepted';
  }

  wake(): void {
    if (this.#isQueued || !this.#hasWork()) return;
    this.#isQueued = true;
    this.host.schedule(this);
  }

  run(budget: number): boolean {
    for (let left = budget; left > 0 && this.#hasWork(); left--) this.#step();
    this.#isQueued = this.#hasWork();
    return this.#isQueued;
  }

  begin(): void {
    const life = new Incarnation(this);
    this.#life = life;
    try {
      life.behavior = this.#setup(life);
    } catch (error) {
      this.#fail(error);
    }
  }

  stop(): void {
    if (this.ending === null) this.#give(stopOrder);
  }

  end(): void {
    this.#finish({ path: this.path, cause: 'stopped' });
  }

  census(see: (path: string, waiting: number) => void): void {
    see(this.path, this.mailbox.size);
    this.#life?.census(see);
  }

  #give(order: Order): void {
    if (this.#order !== stopOrder) this.#order = order;
    this.wake();
  }

  #hasWork(): boolean {
    if (this.#order !== null) return true;
    return this.#life !== null && (this.mailbox.size > 0 || this.#life.hasNotices);
  }

  #step(): void {
    const order = this.#order;
    const life = this.#life;
    if (order !== null) {
      this.#order = null;
      this.#obey(order);
    } else if (life !== null) {
      try {
        this.#handleNext(life);
      } catch (error) {
        this.#fail(error);
      }
    }
  }

  #obey(order: Order): void {
    switch (order.type) {
      case 'stop':
        this.end();
        return;
      case 'begin':
        this.begin();
        return;
      case 'fail':
        this.#fail(order.error);
        return;
      default:
        order satisfies never;
    }
  }

  #handleNext(life: Incarnation<M>): void {
    const notice = life.hasNotices ? life.takeNotice() : null;
    if (notice === null) this.#handle(life, this.mailbox.shift());
    else if (notice.message !== null) this.#handle(life, notice.message());
  }

  #handle(life: Incarnation<M>, message: M): void {
    const next = life.behavior!.receive(message);
    if (next === stopped) this.end();
    else if (next !== undefined) life.behavior = next as Behavior<M>;
  }

  /** @returns whether one more message may be taken. */
  #makeRoom(): boolean {
    const { capacity, overflow } = this.options.mailbox;
    this.host.overflowed(this.path, capacity);
    if (overflow === 'drop_oldest') {
      this.host.deadLetter(this.path, this.mailbox.shift());
      return true;
    }
    // What overflows while a restart is awaited belongs to the failure that is being mended.
    if (overflow === 'fail' && this.#life !== null && this.#order === null) {
      const error = new MailboxOverflow(`${this.path}: more than ${capacity} messages waiting (mailbox.capacity)`);
      this.#give({ type: 'fail', error });
    }
    return false;
  }

  #fail(error: unknown): void {
    this.#restarts ??= [];
    const now = this.host.clock.now();
    const hasState = this.#life?.behavior != null;
    const isStopping = this.#order === stopOrder;
    const answer = isStopping
      ? ({ action: 'fail' } as const)
      : answerFailure(this.options.supervision, this.#restarts, now, hasState);
    this.host.failed(this.path, error, answer.action);
    switch (answer.action) {
      case 'resume':
        return;
      case 'restart':
        this.#restart(answer.afterMs);
        return;
      case 'fail':
        this.#finish({ path: this.path, cause: 'failed', error });
        return;
      default:
        answer satisfies never;
    }
  }

  #restart(afterMs: number): void {
    const life = this.#life;
    this.#life = null;
    this.#order = null;
    life?.close();
    if (afterMs <= 0) this.#give(beginOrder);
    else this.#pause = this.host.clock.setTimer(() => this.#give(beginOrder), afterMs);
  }

  #finish(ending: Ending): void {
    const life = this.#life;
    this.beginEnding(ending);
    this.#life = null;
    this.#order = null;
    if (this.#pause !== null) this.host.clock.clearTimer(this.#pause);
    life?.close();
    while (this.mailbox.size > 0) this.host.deadLetter(this.path, this.mailbox.shift());
    this.#parent.childEnded(this);
    this.host.ended(this.path, ending.cause);
    this.announceEnding();
  }
}
