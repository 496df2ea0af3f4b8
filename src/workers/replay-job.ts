/** The next picture of a replay: what is asked, and what comes of it. */
import type { Pictured } from '../market/picture-name.ts';
import type { RenderedJobFacts } from './rendered-job.ts';
import type { RenderedSnapshot } from './snapshot-job.ts';

/** A place in a stream's past. */
export type ReplayPoint =
  /** After so many events. */
  | { readonly seq: number }
  /** After all events up to this exchange time, in ms. */
  | { readonly time: number };

export interface ReplayRequest {
  /** Names the replay among all of this server, so that a worker knows its book again. */
  readonly replay: string;
  /** Of the pictures (`picture-name.ts`). */
  readonly name: string;
  /** Of the picture before; null: this is the first. */
  readonly seq: number | null;
  readonly from: ReplayPoint;
  /** Where the replay ends; null: with the newest event. */
  readonly to: ReplayPoint | null;
  /** Exchange time up to which events are folded; null: to the end of the next step in which there are some. */
  readonly untilMs: number | null;
  readonly stepMs: number;
  /** Totals of the picture before. */
  readonly before: { readonly created: number; readonly consumed: number };
  readonly isDeflated: boolean;
}

export interface ReplayJob extends ReplayRequest, Pictured {
  readonly directory: string;
  readonly stream: string;
  readonly epoch: string;
  /** Events of the stream that there are. */
  readonly version: number;
  readonly range: number;
  /** ms since 1970. */
  readonly timestamp: number;
}

export interface ReplayStep {
  /** Null: nothing happened up to where it was asked for. */
  readonly picture: (RenderedJobFacts & { readonly rendered: RenderedSnapshot }) | null;
  readonly seq: number;
  /** Exchange time of the book, in ms. */
  readonly marketTime: number;
  /** `ended`: `to` is reached. `caught_up`: there is nothing newer. */
  readonly state: 'under_way' | 'caught_up' | 'ended';
}
