/**
 * The replays of one client: at most one a symbol, in place of the symbol's live pictures, which it joins in the end.
 *
 * A replay with a speed asks for the picture that is due at each interval; one without asks for the next as soon as the one before has
 * been given to the client, so it goes as fast as the link takes it. Either way pictures pass through the client's own backpressure.
 */
import type { ClientMessage } from '../protocol/client-message.ts';
import type { ReplayPoint, ReplayStep } from '../workers/replay-job.ts';
import type { ReplaySlots, ReplaySource } from './replay-source.ts';
import { type SymbolFrame, symbolFrameOf } from './symbol-frame.ts';

export type ReplayMessage = Extract<ClientMessage, { action: 'replay' }>;

export type ReplayEvent =
  | { readonly type: 'replay_step'; readonly replay: string; readonly step: ReplayStep }
  | { readonly type: 'replay_failed'; readonly replay: string; readonly error: unknown }
  | { readonly type: 'replay_due'; readonly replay: string };

/** The actor that replays run in. */
export interface ReplayHost {
  readonly takesDeflated: boolean;
  now(): number;
  tell(event: ReplayEvent): void;
  tellAfter(key: string, afterMs: number, event: ReplayEvent): void;
}

/** Where the pictures go. */
export interface ReplayOwner {
  offer(frame: SymbolFrame): void;
  /** It has shown everything up to `seq`. */
  finished(message: ReplayMessage, state: 'live' | 'ended', seq: number): void;
}

interface Replay {
  readonly id: string;
  readonly message: ReplayMessage;
  readonly intervalMs: number;
  /** Null before the first picture. */
  seq: number | null;
  before: { readonly created: number; readonly consumed: number };
  /** Moment of the client's clock and of the market at which it began. */
  began: { readonly at: number; readonly marketTime: number } | null;
  /** Offered, and not yet given to the client. */
  waiting: SymbolFrame | null;
  state: ReplayStep['state'];
}

/** A worker that is overloaded or failed is asked again after this long. */
const againMs = 1000;
/** Failures in a row, after which a replay is given up. */
const maxFailures = 5;

let replays = 0;

export class ClientReplays {
  readonly #source: ReplaySource;
  readonly #slots: ReplaySlots;
  readonly #host: ReplayHost;
  readonly #owner: ReplayOwner;
  readonly #bySymbol = new Map<string, Replay>();
  #failures = 0;

  constructor(source: ReplaySource, slots: ReplaySlots, host: ReplayHost, owner: ReplayOwner) {
    this.#host = host;
    this.#source = source;
    this.#slots = slots;
    this.#owner = owner;
  }

  /** Replaces the symbol's replay before it. @returns false when there are too many on this server. */
  begin(message: ReplayMessage, intervalMs: number): boolean {
    this.end(message.symbol);
    if (!this.#slots.take()) return false;
    const replay: Replay = {
      id: `${process.pid}-${++replays}`,
      message,
      intervalMs,
      seq: null,
      before: { created: 0, consumed: 0 },
      began: null,
      waiting: null,
      state: 'under_way',
    };
    this.#bySymbol.set(message.symbol, replay);
    this.#ask(replay);
    return true;
  }

  /** Without effect when there is none. */
  end(symbol: string): void {
    if (this.#bySymbol.delete(symbol)) this.#slots.free();
  }

  endAll(): void {
    for (const symbol of [...this.#bySymbol.keys()]) this.end(symbol);
  }

  receive(event: ReplayEvent): void {
    const replay = [...this.#bySymbol.values()].find(({ id }) => id === event.replay);
    // One that was ended meanwhile.
    if (replay === undefined) return;
    switch (event.type) {
      case 'replay_step':
        this.#failures = 0;
        this.#advance(replay, event.step);
        return;
      case 'replay_due':
        this.#ask(replay);
        return;
      case 'replay_failed':
        if (++this.#failures > maxFailures) throw event.error;
        this.#host.tellAfter(replay.id, againMs, { type: 'replay_due', replay: replay.id });
        return;
      default:
        event satisfies never;
    }
  }

  /** The client has the frame, or lost it to a newer one. */
  settled(frame: SymbolFrame): void {
    const replay = this.#bySymbol.get(frame.symbol);
    if (replay === undefined || replay.waiting !== frame) return;
    replay.waiting = null;
    if (replay.state !== 'under_way') this.#finish(replay);
    else if (replay.message.speed === 0) this.#ask(replay);
  }

  #ask(replay: Replay): void {
    const { id, message, seq, before, began, intervalMs } = replay;
    const { symbol, speed, from, to } = message;
    const untilMs = speed === 0 || began === null ? null : began.marketTime + (this.#host.now() - began.at) * speed;
    const request = {
      replay: id,
      name: symbol,
      seq,
      from: from satisfies ReplayPoint,
      to: to ?? null,
      untilMs,
      stepMs: intervalMs,
      before,
      isDeflated: this.#host.takesDeflated,
    };
    this.#source.step(request).then(
      (step) => this.#host.tell({ type: 'replay_step', replay: id, step }),
      (error) => this.#host.tell({ type: 'replay_failed', replay: id, error }),
    );
  }

  #advance(replay: Replay, { picture, seq, marketTime, state }: ReplayStep): void {
    replay.seq = seq;
    replay.state = state;
    replay.began ??= { at: this.#host.now(), marketTime };
    if (picture !== null) {
      replay.before = { created: picture.facts.createdTotal, consumed: picture.facts.consumedTotal };
      replay.waiting = symbolFrameOf(picture, picture.rendered);
    }
    if (state === 'under_way' && replay.message.speed > 0) {
      this.#host.tellAfter(replay.id, replay.intervalMs, { type: 'replay_due', replay: replay.id });
    }
    if (picture !== null) this.#owner.offer(replay.waiting!);
    else if (replay.waiting === null && state !== 'under_way') this.#finish(replay);
    else if (replay.waiting === null && replay.message.speed === 0) this.#ask(replay);
  }

  #finish({ message, seq, state }: Replay): void {
    this.end(message.symbol);
    this.#owner.finished(message, state === 'ended' ? 'ended' : 'live', seq ?? 0);
  }
}
