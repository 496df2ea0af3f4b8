/**
 * Sets of model parameters by name, with how they came about. A set is never edited: what is learned anew gets a new name, so that a
 * score that names its set can be had again.
 */
import { ladderParameters } from './leverage-ladder.ts';

export interface ModelParameterSet {
  readonly name: string;
  /** Versions of `leverage-ladder.ts` and `margin-tiers.ts`. */
  readonly ladder: number;
  readonly tiers: number;
  /** How it came about, for people. */
  readonly origin: string;
  /** What belongs to the recording that it was learned on rather than to the book; see `src/score/parameters.ts`. */
  readonly link: { readonly volumeFactor: number; readonly fleeting: number; readonly backgroundUsd: number };
  readonly learned: LearnedFrom | null;
}

export interface LearnedFrom {
  readonly symbol: string;
  /** ms since 1970; the end not included. */
  readonly from: number;
  readonly to: number;
  readonly days: number;
  /** Tweedie deviance at the end of the search. */
  readonly deviance: number;
  /** 95 % by day blocks. */
  readonly intervals: Readonly<Record<string, readonly [low: number, high: number]>>;
}

export const modelParameterSets: readonly ModelParameterSet[] = [
  {
    name: 'even',
    ladder: 1,
    tiers: 1,
    origin: 'chosen, not learned: mass even over the liquidation distance, nothing held back',
    link: { volumeFactor: 1, fleeting: 0, backgroundUsd: 1 },
    learned: null,
  },
];

export const modelParameterNames = modelParameterSets.map(({ name }) => name);

export function modelParameterSet(name: string): ModelParameterSet | undefined {
  return modelParameterSets.find((set) => set.name === name);
}

/** Every set rests on a ladder that is there. */
export function ladderOfSet({ ladder }: ModelParameterSet) {
  return ladderParameters(ladder)!;
}
