/**
 * Who may connect, and what becomes of clients that do not keep up.
 *
 * Every sweep asks each connection how it stands and carries out what the limits say. Connections are its children: one that fails
 * takes nothing with it. On shutdown all are closed in turn, and those that do not answer are cut off.
 */
import { closeReasons } from '../protocol/close-reason.ts';
import type { ClientSocket, SocketListener } from './client-socket.ts';
import { Connection, type ConnectionOwner } from './connection.ts';
import { connectionActor } from './connection-actor.ts';
import type { ConnectionMessage } from './connection-message.ts';
import type { ConnectionOptions } from './connection-options.ts';
import type { ActorContext } from './kernel/actor-context.ts';
import type { Behavior, Setup } from './kernel/behavior.ts';
import type { MailboxOptions } from './kernel/mailbox.ts';
import { type ClientLimits, judge, type LagReport, type Verdict } from './limits.ts';

export interface SupervisorOptions {
  readonly connection: ConnectionOptions;
  readonly limits: ClientLimits;
  readonly maxConnections: number;
  /** Time from one sweep to the next. */
  readonly sweepMs: number;
  /** How long closed clients have to answer at shutdown. */
  readonly closeTimeoutMs: number;
  readonly retryAfterSeconds: number;
  readonly observer: SupervisorObserver;
}

export interface SupervisorObserver {
  opened(connection: string, remoteAddress: string): void;
  ended(connection: string, cause: 'stopped' | 'failed', error: unknown): void;
  judged(connection: string, verdict: Verdict, report: LagReport): void;
}

export type SupervisorMessage =
  | { readonly type: 'sweep' }
  | { readonly type: 'lag'; readonly connection: Connection; readonly report: LagReport }
  | {
      readonly type: 'ended';
      readonly connection: Connection;
      readonly cause: 'stopped' | 'failed';
      readonly error: unknown;
    }
  | { readonly type: 'shut_down'; done(): void }
  | { readonly type: 'cut_off' };

export type Admission =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly reason: string; readonly retryAfterSeconds: number };

/** The door to the supervisor for the server, which must answer an upgrade in the same turn. */
export interface ConnectionGate {
  admit(): Admission;
  open(socket: ClientSocket): SocketListener;
  readonly activeConnections: number;
  readonly slowConsumers: number;
}

const inspect: ConnectionMessage = { type: 'inspect' };
const supervision = { onFailure: 'stop' } as const;

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
  readonly #connections = new Set<Connection>();
  readonly #mailbox: MailboxOptions;
  #slow = 0;
  #opened = 0;
  #shutDown: (() => void) | null = null;

  constructor(options: SupervisorOptions, context: ActorContext<SupervisorMessage>) {
    this.#options = options;
    this.#context = context;
    const { messageRate, maxViolations, ackWindow } = options.connection;
    // Room for all that may come before the flood guard or the window ends it, and for what the supervisor itself says.
    const capacity = messageRate.burst + maxViolations + 2 * ackWindow + 8;
    this.#mailbox = { capacity, overflow: 'reject_newest' };
    this.#scheduleSweep();
  }

  get activeConnections(): number {
    return this.#connections.size;
  }

  get slowConsumers(): number {
    return this.#slow;
  }

  admit(): Admission {
    const { maxConnections, retryAfterSeconds } = this.#options;
    if (this.#shutDown !== null) return { admitted: false, reason: 'the server is shutting down', retryAfterSeconds };
    if (this.#connections.size < maxConnections) return { admitted: true };
    return { admitted: false, reason: `all ${maxConnections} connections are taken`, retryAfterSeconds };
  }

  open(socket: ClientSocket): SocketListener {
    const { connection: connectionOptions, observer } = this.#options;
    const self = this.#context.self;
    const connection = new Connection(`connection-${++this.#opened}`, socket, this);
    connection.ref = this.#context.spawn(
      connectionActor(connectionOptions, socket, (report) => self.tell({ type: 'lag', connection, report })),
      { name: connection.name, mailbox: this.#mailbox, supervision },
    );
    this.#connections.add(connection);
    this.#context.watch(connection.ref, ({ cause, error }) => ({ type: 'ended', connection, cause, error }));
    observer.opened(connection.name, socket.remoteAddress);
    return connection;
  }

  receive(message: SupervisorMessage): void {
    switch (message.type) {
      case 'sweep':
        for (const connection of this.#connections) connection.ref.tell(inspect);
        this.#scheduleSweep();
        return;
      case 'lag':
        this.#judge(message.connection, message.report);
        return;
      case 'ended':
        this.#ended(message.connection, message.cause, message.error);
        return;
      case 'shut_down':
        this.#closeAll(message.done);
        return;
      case 'cut_off':
        for (const connection of this.#connections) connection.socket.terminate();
        return;
      default:
        message satisfies never;
    }
  }

  #scheduleSweep(): void {
    this.#context.startTimer('sweep', this.#options.sweepMs, { type: 'sweep' });
  }

  #judge(connection: Connection, report: LagReport): void {
    if (!this.#connections.has(connection)) return;
    const verdict = judge(report, this.#options.limits);
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
    if (!this.#connections.delete(connection)) return;
    this.#setSlow(connection, false);
    this.#options.observer.ended(connection.name, cause, error);
    this.#shutDownIfEmpty();
  }

  #closeAll(done: () => void): void {
    this.#shutDown = done;
    for (const connection of this.#connections) connection.ref.tell({ type: 'close', reason: 'server_shutdown' });
    this.#context.startTimer('cut_off', this.#options.closeTimeoutMs, { type: 'cut_off' });
    this.#shutDownIfEmpty();
  }

  #shutDownIfEmpty(): void {
    if (this.#shutDown === null || this.#connections.size > 0) return;
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
