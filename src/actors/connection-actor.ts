/**
 * One client: the owner of its socket, its subscriptions and what is known of its pace.
 *
 * Frames come out of one merged stream that lets through as many as the acknowledgement window allows and keeps the newest of each
 * symbol for later. Each is finished bytes and shared by all clients. A frame is no message: it is handed to the socket in the turn of
 * the tick, in which the window was asked, and leaves with those of all other clients when that turn is over.
 * Whether the client is too slow is for the supervisor to say; an error in here closes this socket and no other.
 */
import { parseClientMessage } from '../protocol/client-message.ts';
import { type CloseReasonName, closeReasons } from '../protocol/close-reason.ts';
import {
  errorMessage,
  goawayMessage,
  type ServerMessage,
  slowConsumerWarning,
  unstableWarning,
} from '../protocol/server-message.ts';
import { heartbeatFrame, pingFrame, pongFrame, textFrame } from '../protocol/websocket-frame.ts';
import { Acknowledgements, noPing } from './acknowledgements.ts';
import type { ReplayEvent } from './client-replays.ts';
import { type Authenticated, ClientRequests, type RequestsOwner } from './client-requests.ts';
import type { ClientSession } from './client-session.ts';
import type { ClientSocket } from './client-socket.ts';
import type { ConnectionMessage } from './connection-message.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { InboundGuard } from './inbound-guard.ts';
import type { ActorContext } from './kernel/actor-context.ts';
import { type Behavior, type Setup, stopped } from './kernel/behavior.ts';
import type { LagReport, Verdict } from './limits.ts';
import type { SymbolFrame } from './symbol-frame.ts';
import type { SymbolNews } from './symbol-news.ts';

export function connectionActor(
  options: ConnectionOptions,
  socket: ClientSocket,
  report: (report: LagReport) => void,
): Setup<ConnectionMessage> {
  return (context) => new ConnectionBehavior(options, socket, report, context);
}

class ConnectionBehavior implements Behavior<ConnectionMessage>, RequestsOwner {
  readonly #options: ConnectionOptions;
  readonly #socket: ClientSocket;
  readonly #report: (report: LagReport) => void;
  readonly #context: ActorContext<ConnectionMessage>;
  /** Made at the first message: a client that asks for nothing costs little. */
  #requests: ClientRequests | null = null;
  readonly #acknowledgements: Acknowledgements;
  readonly #guard: InboundGuard;
  #heardAt: number;
  #askedForLifeAt = Number.NEGATIVE_INFINITY;
  #isSlow = false;
  #isWarned = false;
  #isClosing = false;
  #acknowledgedAfterMs = 0;
  /** Frames this client did not get since it last kept up. */
  #dropped = 0;

  constructor(
    options: ConnectionOptions,
    socket: ClientSocket,
    report: (report: LagReport) => void,
    context: ActorContext<ConnectionMessage>,
  ) {
    this.#options = options;
    this.#socket = socket;
    this.#report = report;
    this.#context = context;
    this.#heardAt = context.now();
    this.#acknowledgements = new Acknowledgements(options.ackWindow, options.ackSampleMs);
    const shared = socket.session?.messageBucket ?? null;
    this.#guard = new InboundGuard(options.messageRate, options.maxViolations, context.now(), shared);
  }

  receive(message: ConnectionMessage): typeof stopped | undefined {
    switch (message.type) {
      case 'failed':
        throw message.error;
      case 'text':
        this.#heardAt = this.#context.now();
        this.#receiveText(message.text);
        return;
      case 'binary':
        this.#heardAt = this.#context.now();
        if (this.#mayTalk()) {
          this.send(errorMessage('INVALID_MESSAGE', 'Binary frames are not understood. Send one JSON object as text.'));
        }
        return;
      case 'ping':
        this.#heardAt = this.#context.now();
        if (this.#mayTalk()) this.#socket.write(pongFrame(message.payload), null);
        return;
      case 'pong':
        this.#receivePong(message.payload);
        return;
      case 'replay_step':
      case 'replay_failed':
      case 'replay_due':
        this.#requests?.replayed(message);
        return;
      case 'authenticated':
        this.#requests?.authenticated(message);
        return;
      case 'inspect':
        this.#inspect();
        return;
      case 'verdict':
        this.#obey(message.verdict);
        return;
      case 'unstable':
        this.send(unstableWarning(message.reconnects));
        return;
      case 'close':
        this.#close(message.reason);
        return;
      case 'go_away':
        if (!this.#isClosing) this.send(goawayMessage(message.reconnectAfterMs));
        this.#close('server_shutdown');
        return;
      case 'closed':
        return stopped;
      default:
        message satisfies never;
    }
  }

  /** However this incarnation ends, its socket ends with it. */
  release(): void {
    this.#requests?.end();
    if (!this.#isClosing) this.#socket.close(closeReasons.internal_error);
  }

  takeRoom(): boolean {
    const { turns } = this.#options;
    return this.#acknowledgements.takeRoom(turns.turn, turns.now, this.#socket.bufferedBytes > 0);
  }

  give(frame: SymbolFrame): void {
    try {
      this.#write(this.#requests!.bytesFor(frame), frame.symbol);
      this.#requests?.settled(frame);
    } catch (error) {
      // In the turn of a tick that serves all others too. It is this client's own, and belongs into a turn of its own.
      this.#context.self.tell({ type: 'failed', error });
    }
  }

  giveNews(news: SymbolNews, missed: number): void {
    try {
      this.#write(news.bytesFor(this.#socket.takesDeflated, missed), news.symbol);
    } catch (error) {
      this.#context.self.tell({ type: 'failed', error });
    }
  }

  /** The next news tell the client. */
  newsLost(news: SymbolNews): void {
    this.#options.counters.frameDropped(news.symbol);
  }

  waits(): void {
    this.#acknowledgements.overtake();
  }

  dropped(frame: SymbolFrame): void {
    this.#dropped++;
    this.#options.counters.frameDropped(frame.symbol);
    this.#requests?.settled(frame);
  }

  get takesDeflated(): boolean {
    return this.#socket.takesDeflated;
  }

  get session(): ClientSession | null {
    return this.#socket.session ?? null;
  }

  now(): number {
    return this.#context.now();
  }

  tell(event: ReplayEvent | Authenticated): void {
    this.#context.self.tell(event);
  }

  tellAfter(key: string, afterMs: number, event: ReplayEvent): void {
    this.#context.startTimer(key, afterMs, event);
  }

  send(message: ServerMessage): void {
    if (this.#isClosing) return;
    this.#socket.write(textFrame(JSON.stringify(message)), null);
    this.#options.counters.messageSent();
  }

  /** Into the room that was taken. */
  #write(bytes: Uint8Array, symbol: string): void {
    const { ping } = this.#acknowledgements;
    this.#socket.write(bytes, ping === noPing ? null : pingFrame(ping));
    this.#options.counters.messageSent();
    this.#options.counters.frameSent(symbol);
  }

  #receiveText(text: string): void {
    if (!this.#mayTalk()) return;
    const parsed = parseClientMessage(text);
    if (parsed.ok) this.#needRequests().act(parsed.message);
    else this.send(parsed.error);
  }

  #mayTalk(): boolean {
    if (this.#isClosing) return false;
    const verdict = this.#guard.judge(this.#context.now());
    if (verdict === 'refuse_aloud') {
      const { perSecond, burst } = this.#options.messageRate;
      const limit = `${perSecond} messages a second, ${burst} at once`;
      this.send(errorMessage('RATE_LIMITED', `Too many messages: at most ${limit}. This one was ignored; slow down.`));
    }
    if (verdict === 'close') this.#close('too_many_messages');
    return verdict === 'pass';
  }

  #needRequests(): ClientRequests {
    this.#requests ??= new ClientRequests(this.#options, this);
    return this.#requests;
  }

  #receivePong(payload: Uint8Array): void {
    this.#heardAt = this.#context.now();
    if (payload.length !== 1) return;
    const age = this.#acknowledgements.age(this.#heardAt);
    const acknowledged = this.#acknowledgements.acknowledge(payload[0]!);
    if (acknowledged === 0) return;
    this.#acknowledgedAfterMs = age;
    this.#options.counters.acknowledged(age);
    if (this.#isSlow && !this.#isWarned) {
      this.#isWarned = true;
      this.send(slowConsumerWarning(this.#dropped));
    }
    this.#requests?.release();
  }

  #inspect(): void {
    const now = this.#context.now();
    this.#report({
      unacknowledgedForMs: this.#acknowledgements.age(now),
      acknowledgedAfterMs: this.#acknowledgedAfterMs,
      silentForMs: now - this.#heardAt,
      bufferedBytes: this.#socket.bufferedBytes,
      isSlow: this.#isSlow,
    });
  }

  #obey(verdict: Verdict): void {
    switch (verdict.action) {
      case 'keep':
        return;
      case 'mark_slow':
        this.#isSlow = true;
        this.#options.counters.becameSlow(this.#requests?.symbols ?? []);
        return;
      case 'mark_recovered':
        this.#isSlow = false;
        this.#isWarned = false;
        this.#dropped = 0;
        return;
      case 'ask_for_life':
        // Once for each silence.
        if (this.#isClosing || this.#askedForLifeAt >= this.#heardAt) return;
        this.#askedForLifeAt = this.#context.now();
        this.#socket.write(heartbeatFrame, null);
        return;
      case 'close':
        this.#close(verdict.reason);
        return;
      case 'cut_off':
        this.#isClosing = true;
        this.#socket.terminate();
        return;
      default:
        verdict satisfies never;
    }
  }

  #close(reason: CloseReasonName): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#requests?.end();
    this.#socket.close(closeReasons[reason]);
  }
}
