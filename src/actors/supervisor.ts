/**
 * Who may connect, and what becomes of clients that do not keep up.
 *
 * Connections are spread over a wheel of slices. Every step asks those of one slice how they stand, and when all have answered carries
 * out what the limits say, so that no step holds up the others. Connections are its children: one that fails takes nothing with it. On shutdown all are closed in turn, and those that do not answer are cut off.
 */
import { closeReasons } from '../protocol/close-reason.ts';
import { type Admission, type AdmissionLimits, Doorkeeper } from './admission.ts';
import type { ClientSocket, SocketListener } from './client-socket.ts';
import { Connection, type ConnectionOwner } from './connection.ts';
import { connectionActor } from './connection-actor.ts';
import type { ConnectionMessage } from './connection-message.ts';
import type { ConnectionOptions } from './connection-options.ts';
import type { ActorContext } from './kernel/actor-context.ts';
import type { Behavior, Setup } from './kernel/behavior.ts';
import type { MailboxOptions } from './kernel/mailbox.ts';
import { type ClientLimits, judge, type LagReport, type Surroundings, typicalLag, type Verdict } from './limits.ts';
import type { Places } from './places.ts';

export interface SupervisorOptions {
  readonly connection: ConnectionOptions;
  readonly limits: ClientLimits;
  readonly admission: AdmissionLimits;
  readonly places: Places;
  /** Time from one look at a client to the next. */
  readonly sweepMs: number;
  /** How long closed clients have to answer at shutdown. */
  readonly closeTimeoutMs: number;
  /** Over how long clients are sent away at shutdown, and come back elsewhere. */
  readonly drainMs: number;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly observer: SupervisorObserver;
}

export interface SupervisorObserver {
  opened(connection: string, remoteAddress: string): void;
  ended(connection: string, cause: 'stopped' | 'failed', error: unknown): void;
  judged(connection: string, verdict: Verdict, report: LagReport): void;
  /** A slice is looked at, this many ms later than it should be. */
  stepped?(lateMs: number): void;
}

export type SupervisorMessage =
  | { readonly type: 'step' }
  | Answer
  | {
      readonly type: 'ended';
      readonly connection: Connection;
      readonly cause: 'stopped' | 'failed';
      readonly error: unknown;
    }
  | { readonly type: 'shut_down'; done(): void }
  /** The clients of one slice are sent away. */
  | { readonly type: 'drain'; readonly slice: number }
  | { readonly type: 'cut_off' };

interface Answer {
  readonly type: 'lag';
  readonly connection: Connection;
  readonly report: LagReport;
}

/** The door to the supervisor for the server, which must answer an upgrade in the same turn. */
export interface ConnectionGate {
  admit(remoteAddress: string): Admission;
  /** Of one that was admitted. */
  open(socket: ClientSocket): SocketListener & { readonly name: string };
  readonly activeConnections: number;
  readonly slowConsumers: number;
  /** Of each client, when it was last looked at: age of its oldest unread frame in ms. */
  clientLags(): Iterable<number>;
}

const inspect: ConnectionMessage = { type: 'inspect' };
const supervision = { onFailure: 'stop' } as const;

/** Steps in which the wheel comes round once. */
const slices = 8;

/** @param ready is given the gate as soon as the supervisor runs. */
export function supervisor(
  options: SupervisorOptions,
  ready: (gate: ConnectionGate) => void,
): Setup<SupervisorMessage> {
  return (context) => {
    const behavior = new SupervisorBehavior(options, context);
    ready(behavior);
    return behavior;
  };
}

class SupervisorBehavior implements Behavior<SupervisorMessage>, ConnectionGate, ConnectionOwner {
  readonly #options: SupervisorOptions;
  readonly #context: ActorContext<SupervisorMessage>;
  readonly #doorkeeper: Doorkeeper;
  readonly #wheel = Array.from({ length: slices }, () => new Set<Connection>());
  readonly #mailbox: MailboxOptions;
  /** Answers of the slice that was asked last. */
  #answers: Answer[] = [];
  #asked = 0;
  #step = 0;
  #stepDueAt = 0;
  #stalledMs = 0;
  #askedAt = 0;
  #active = 0;
  #slow = 0;
  #opened = 0;
  #shutDown: (() => void) | null = null;

  constructor(options: SupervisorOptions, context: ActorContext<SupervisorMessage>) {
    this.#options = options;
    this.#context = context;
    this.#doorkeeper = new Doorkeeper(options.admission, options.places, context.now(), options.random);
    const { messageRate, maxViolations, ackWindow } = options.connection;
    // Room for all that may come before the flood guard or the window ends it, and for what the supervisor itself says.
    const capacity = messageRate.burst + maxViolations + 2 * ackWindow + 8;
    this.#mailbox = { capacity, overflow: 'reject_newest' };
    this.#scheduleStep();
  }

  get activeConnections(): number {
    return this.#active;
  }

  get slowConsumers(): number {
    return this.#slow;
  }

  *clientLags(): Iterable<number> {
    for (const { lagMs } of this.#all()) yield lagMs;
  }

  admit(remoteAddress: string): Admission {
    if (this.#shutDown === null) return this.#doorkeeper.admit(remoteAddress, this.#context.now());
    return this.#doorkeeper.refused('shutting_down', 'the server is shutting down');
  }

  open(socket: ClientSocket): Connection {
    const { connection: connectionOptions, observer } = this.#options;
    const { self } = this.#context;
    const slice = this.#opened++ % slices;
    const connection = new Connection(`connection-${this.#opened}`, socket, slice, this);
    connection.ref = this.#context.spawn(
      connectionActor(connectionOptions, socket, (report) => self.tell({ type: 'lag', connection, report })),
      { name: connection.name, mailbox: this.#mailbox, supervision },
    );
    this.#wheel[slice]!.add(connection);
    this.#active++;
    this.#context.watch(connection.ref, ({ cause, error }) => ({ type: 'ended', connection, cause, error }));
    const reconnects = this.#doorkeeper.opened(socket.remoteAddress, this.#context.now());
    if (reconnects > 0) connection.ref.tell({ type: 'unstable', reconnects });
    observer.opened(connection.name, socket.remoteAddress);
    return connection;
  }

  receive(message: SupervisorMessage): void {
    switch (message.type) {
      case 'step':
        this.#judgeAll();
        this.#askNextSlice();
        return;
      case 'lag':
        this.#answers.push(message);
        if (this.#answers.length >= this.#asked) this.#judgeAll();
        return;
      case 'ended':
        this.#ended(message.connection, message.cause, message.error);
        return;
      case 'shut_down':
        this.#closeAll(message.done);
        return;
      case 'drain':
        this.#drain(message.slice);
        return;
      case 'cut_off':
        for (const connection of this.#all()) connection.socket.terminate();
        return;
      default:
        message satisfies never;
    }
  }

  #askNextSlice(): void {
    const now = this.#context.now();
    this.#stalledMs = Math.max(now - this.#stepDueAt, 0);
    this.#askedAt = now;
    this.#options.observer.stepped?.(this.#stalledMs);
    this.#doorkeeper.sweep(this.#stalledMs, now);
    const slice = this.#wheel[this.#step++ % slices]!;
    this.#asked = slice.size;
    for (const connection of slice) connection.ref.tell(inspect);
    this.#scheduleStep();
  }

  #scheduleStep(): void {
    const stepMs = this.#options.sweepMs / slices;
    this.#stepDueAt = this.#context.now() + stepMs;
    this.#context.startTimer('step', stepMs, { type: 'step' });
  }

  #judgeAll(): void {
    const answers = this.#answers;
    this.#answers = [];
    const lags = answers.filter(({ report }) => !report.isSlow).map(({ report }) => report.unacknowledgedForMs);
    // It may have stood still since it asked, as well as before.
    const stalledMs = this.#stalledMs + (this.#context.now() - this.#askedAt);
    const surroundings = { stalledMs, typicalLagMs: typicalLag(lags) };
    for (const { connection, report } of answers) this.#judge(connection, report, surroundings);
  }

  #judge(connection: Connection, report: LagReport, surroundings: Surroundings): void {
    if (connection.hasEnded) return;
    connection.lagMs = report.unacknowledgedForMs;
    const verdict = judge(report, this.#options.limits, surroundings);
    if (verdict.action === 'keep') return;
    if (verdict.action === 'mark_slow') this.#setSlow(connection, true);
    if (verdict.action === 'mark_recovered') this.#setSlow(connection, false);
    connection.ref.tell({ type: 'verdict', verdict });
    this.#options.observer.judged(connection.name, verdict, report);
  }

  #setSlow(connection: Connection, isSlow: boolean): void {
    if (connection.isSlow === isSlow) return;
    connection.isSlow = isSlow;
    this.#slow += isSlow ? 1 : -1;
  }

  #ended(connection: Connection, cause: 'stopped' | 'failed', error: unknown): void {
    connection.hasEnded = true;
    this.#wheel[connection.slice]!.delete(connection);
    this.#active--;
    this.#setSlow(connection, false);
    this.#doorkeeper.closed(connection.socket.remoteAddress, connection.isLost, this.#context.now());
    this.#options.observer.ended(connection.name, cause, error);
    this.#shutDownIfEmpty();
  }

  /** A slice after the other, and within it each client comes back at a time of its own: whoever takes them in is not stormed. */
  #drain(slice: number): void {
    const { drainMs, random } = this.#options;
    const sliceMs = drainMs / slices;
    for (const { ref } of this.#wheel[slice]!) {
      ref.tell({ type: 'go_away', reconnectAfterMs: Math.floor(random() * sliceMs) });
    }
    const next = slice + 1;
    if (next < slices) this.#context.startTimer('drain', sliceMs, { type: 'drain', slice: next });
  }

  *#all(): Iterable<Connection> {
    for (const slice of this.#wheel) yield* slice;
  }

  #closeAll(done: () => void): void {
    this.#shutDown = done;
    const { drainMs, closeTimeoutMs } = this.#options;
    this.#context.startTimer('cut_off', drainMs + closeTimeoutMs, { type: 'cut_off' });
    this.#drain(0);
    this.#shutDownIfEmpty();
  }

  #shutDownIfEmpty(): void {
    if (this.#shutDown === null || this.#active > 0) return;
    this.#context.cancelTimer('cut_off');
    this.#shutDown();
  }

  /** A connection whose mailbox is full cannot even be told to close. */
  flooded(connection: Connection): void {
    connection.socket.close(closeReasons.too_many_messages);
    this.#context.stop(connection.ref);
  }

  lost(connection: Connection): void {
    this.#context.stop(connection.ref);
  }
}
