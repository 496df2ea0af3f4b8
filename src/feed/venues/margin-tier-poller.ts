/**
 * Asks for the margin tiers of every symbol in turn, at the start and once a day, within the venue's allowance. What failed is asked
 * for again sooner; a table counts only when all its pages came and it holds what tables hold.
 */
import type { MarginTiersObservation } from '../../market/event.ts';
import { waitUntil } from '../pace.ts';
import { FrameError } from './frame-error.ts';
import { type MarginBracket, marginTierTable } from './margin-tier-table.ts';
import { type RoutineRequestOptions, routineRequest } from './routine-request.ts';
import type { Venue } from './venue.ts';

export interface MarginTierPollerOptions extends RoutineRequestOptions {
  readonly source: NonNullable<Venue['marginTiers']>;
  readonly baseUrl: string;
  readonly symbols: readonly string[];
  readonly observed: (symbol: string, observation: MarginTiersObservation) => void;
  readonly failed: (symbol: string, error: unknown) => void;
}

const askEveryMs = 86_400_000;
const askAgainMs = 600_000;
/** Pages of one table; a cursor that leads on for ever is an error. */
const mostPages = 20;

/** Runs until the signal aborts. Never rejects. */
export async function pollMarginTiers(options: MarginTierPollerOptions): Promise<void> {
  const { symbols, clock, signal, observed, failed } = options;
  const dueAt = new Map(symbols.map((symbol) => [symbol, clock.now()]));
  while (!signal.aborted) {
    for (const [symbol, due] of dueAt) {
      if (due > clock.now()) continue;
      try {
        observed(symbol, await ask(options, symbol));
        dueAt.set(symbol, clock.now() + askEveryMs);
      } catch (error) {
        if (signal.aborted) return;
        failed(symbol, error);
        dueAt.set(symbol, clock.now() + askAgainMs);
      }
    }
    await waitUntil(clock, Math.min(...dueAt.values()), signal);
  }
}

/** Rejects with a `FrameError` for a table that is none. */
async function ask(options: MarginTierPollerOptions, symbol: string): Promise<MarginTiersObservation> {
  const { source, baseUrl } = options;
  const brackets: MarginBracket[] = [];
  let cursor = '';
  for (let pages = 0; pages < mostPages; pages++) {
    const { body } = await routineRequest(options, baseUrl + source.path(symbol, cursor), source.weight);
    const page = source.read(symbol, body);
    brackets.push(...page.brackets);
    cursor = page.cursor;
    if (cursor !== '') continue;
    // In which order brackets come is not documented.
    const tiers = marginTierTable(
      symbol,
      brackets.sort((a, b) => a.notionalCap - b.notionalCap),
    );
    return { kind: 'margin_tiers', time: page.time, id: page.time, tiers };
  }
  throw new FrameError('bad_tiers', `margin tiers of ${symbol}: more than ${mostPages} pages`);
}
