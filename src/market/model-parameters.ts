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
  {
    name: 'btc-2026-03',
    ladder: 2,
    tiers: 1,
    origin:
      'least Tweedie deviance of half-hourly liquidated USD of three venues, on spot candles and the open interest of one venue',
    link: { volumeFactor: 25.9, fleeting: 5.08, backgroundUsd: 7050 },
    learned: {
      symbol: 'BTCUSDT',
      from: Date.UTC(2026, 1, 21, 6),
      to: Date.UTC(2026, 2, 8),
      days: 15,
      deviance: 6574.5,
      intervals: {
        nearest: [0.00158, 0.00183],
        shape: [-0.113, 0.1],
        unlevered: [0.777, 0.884],
        volumeFactor: [18.2, 36.8],
        fleeting: [3.47, 7.43],
        backgroundUsd: [4930, 10100],
      },
    },
  },
];

export const modelParameterNames = ['even', 'btc-2026-03'] as const;

export function modelParameterSet(name: string): ModelParameterSet | undefined {
  return modelParameterSets.find((set) => set.name === name);
}

/** Every set rests on a ladder that is there. */
export function ladderOfSet({ ladder }: ModelParameterSet) {
  return ladderParameters(ladder)!;
}
