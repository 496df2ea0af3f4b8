/** What the main thread and its connection threads tell each other. Frames are shared memory: their bytes are never copied. */
import type { AddressInfo } from 'node:net';
import { SymbolFrame } from '../actors/symbol-frame.ts';
import type { NewsMessage } from '../actors/symbol-news.ts';
import type { Config } from '../config.ts';
import type { Picture } from '../protocol/delta-frame.ts';
import type { HttpAnswer, HttpQuestion } from '../server/http-answer.ts';
import type { FrameForm } from '../streams/frame-channel.ts';
import type { ReplayRequest, ReplayStep } from '../workers/replay-job.ts';
import type { ClientTotals } from './client-side.ts';

export interface ThreadData {
  readonly config: Config;
  readonly thread: number;
  /** Memory of `Places`; the thread is its slot. */
  readonly places: SharedArrayBuffer;
}

/** A symbol's picture of a tick is done; null: it shows what the one before shows. */
export interface Settlement {
  readonly symbol: string;
  readonly tick: number;
  readonly frame: SharedFrame | null;
}

export interface SharedFrame {
  readonly bytes: SharedArrayBuffer;
  readonly deflated: SharedArrayBuffer | null;
  readonly picture: Picture;
}

/** An answer with all of its pieces. */
export type GatheredAnswer = Omit<HttpAnswer, 'body'> & { readonly body: string | readonly Uint8Array[] };

export type ToThread =
  /** News of the turn come behind its pictures. */
  | { readonly type: 'settled'; readonly settlements: readonly Settlement[]; readonly news: readonly NewsMessage[] }
  | { readonly type: 'answer'; readonly id: number; readonly answer: GatheredAnswer }
  | { readonly type: 'replay_step'; readonly id: number; readonly step: ReplayStep }
  | { readonly type: 'replay_failed'; readonly id: number; readonly message: string }
  | { readonly type: 'totals'; readonly id: number }
  | { readonly type: 'begin_stopping' }
  | { readonly type: 'say_goodbye' }
  | { readonly type: 'stop' };

export type FromThread =
  | { readonly type: 'listening'; readonly address: AddressInfo }
  /** Clients of a cadence and form have come to this thread, or all have left. */
  | {
      readonly type: 'demanded';
      readonly symbol: string;
      readonly everyTicks: number;
      readonly form: FrameForm;
      readonly isWanted: boolean;
    }
  | { readonly type: 'request'; readonly id: number; readonly question: HttpQuestion }
  | { readonly type: 'replay'; readonly id: number; readonly request: ReplayRequest }
  | { readonly type: 'totals'; readonly id: number; readonly totals: ClientTotals }
  | { readonly type: 'said_goodbye' };

export function sharedFrame({ bytes, deflated, picture }: SymbolFrame): SharedFrame {
  return { bytes: shared(bytes), deflated: deflated === null ? null : shared(deflated), picture };
}

export function symbolFrame({ bytes, deflated, picture }: SharedFrame): SymbolFrame {
  return new SymbolFrame(new Uint8Array(bytes), deflated === null ? null : new Uint8Array(deflated), picture);
}

function shared(bytes: Uint8Array): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(bytes.length);
  new Uint8Array(memory).set(bytes);
  return memory;
}
