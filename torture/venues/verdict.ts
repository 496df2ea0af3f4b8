/**
 * Whether what came through is the truth: the same facts in the same order, so the same book bit for bit; or what is missing lies within
 * the gaps that were told, and nothing that came lies within one.
 */

import { deepStrictEqual } from 'node:assert/strict';
import { byTime } from '../../src/feed/venues/line-order.ts';
import { type Book, evolve, initialBook } from '../../src/market/book.ts';
import { encodeBook } from '../../src/market/book-codec.ts';
import type { Observation } from '../../src/market/event.ts';
import { batchesOf } from '../../src/market/event-batch.ts';
import { intake } from '../../src/market/intake.ts';
import { symbolBookOf } from '../../src/market/symbol-book.ts';
import type { ScheduleResult } from './schedule.ts';

type Fact = Exclude<Observation, { kind: 'gap_detected' }>;
type Gap = Extract<Observation, { kind: 'gap_detected' }>;

export interface Verdict {
  /** All of the truth is there, in order, and the books are equal. */
  readonly isWhole: boolean;
  readonly missing: number;
  readonly gaps: number;
}

const model = { tiers: 1, ladder: 1, churn: 0.5, halfLifeMs: 86_400_000 };
const keyOf = ({ kind, id }: Observation) => `${kind} ${id}`;
const isWithin = (fact: Fact, gap: Gap) => gap.of === fact.kind && fact.id >= gap.from && fact.id < gap.to;

/** @throws what is wrong, in words. */
export function judge(result: ScheduleResult): Verdict {
  let [missing, gaps, isWhole] = [0, 0, true];
  for (const [symbol, truth] of result.truth) {
    const verdict = judgeSymbol(symbol, truth as readonly Fact[], result.seen.get(symbol)!, result);
    missing += verdict.missing;
    gaps += verdict.gaps;
    isWhole &&= verdict.isWhole;
  }
  return { isWhole, missing, gaps };
}

function judgeSymbol(
  symbol: string,
  truth: readonly Fact[],
  all: readonly Observation[],
  { venue, from, to }: ScheduleResult,
): Verdict {
  const seen = all.filter((one): one is Fact => one.kind !== 'gap_detected' && one.time <= to);
  const gaps = all.filter((one): one is Gap => one.kind === 'gap_detected');
  const truthByKey = new Map(truth.map((fact) => [keyOf(fact), fact]));
  const came = new Set<string>();
  for (const fact of seen) {
    const key = keyOf(fact);
    if (came.has(key)) throw new Error(`${symbol}: ${key} came twice`);
    came.add(key);
    deepStrictEqual(fact, truthByKey.get(key), `${symbol}: ${key} is not what happened`);
    const around = gaps.find((gap) => isWithin(fact, gap));
    if (around !== undefined)
      throw new Error(`${symbol}: ${key} came, and is told as missing: ${JSON.stringify(around)}`);
  }
  // A mark and an open interest are states: they begin with the first that came.
  const firstIds = new Map(seen.toReversed().map((fact) => [fact.kind, fact.id]));
  const hasBegun = ({ kind, id }: Fact) =>
    (kind !== 'mark_price' && kind !== 'open_interest') || id >= (firstIds.get(kind) ?? Number.POSITIVE_INFINITY);
  const due = truth.filter((fact) => fact.time > from && fact.time <= to && hasBegun(fact));
  const missing = due.filter((fact) => !came.has(keyOf(fact)));
  for (const fact of missing) {
    if (gaps.some((gap) => isWithin(fact, gap))) continue;
    throw new Error(`${symbol}: ${keyOf(fact)} is missing and no gap says so: ${JSON.stringify(gaps)}`);
  }
  if (venue !== 'bybit') exactTrades(symbol, gaps, truthByKey);
  if (missing.length > 0) return { isWhole: false, missing: missing.length, gaps: gaps.length };
  const early = seen.filter((fact) => fact.time <= from);
  const whole = [...early, ...inOrder(due)];
  deepStrictEqual(seen.map(keyOf), whole.map(keyOf), `${symbol}: another order`);
  const books = [seen, whole].map((facts) => Buffer.from(encodeBook(bookOf(symbol, facts))));
  if (!books[0]!.equals(books[1]!)) throw new Error(`${symbol}: the same facts gave another book`);
  return { isWhole: true, missing: 0, gaps: gaps.length };
}

/** Numbered trades are told to the id: the first and the last of a gap happened, and are missing. */
function exactTrades(symbol: string, gaps: readonly Gap[], truth: ReadonlyMap<string, Fact>): void {
  for (const gap of gaps) {
    if (gap.of !== 'trade') continue;
    const isExact = truth.has(`trade ${gap.from}`) && truth.has(`trade ${gap.to - 1}`);
    if (!isExact) throw new Error(`${symbol}: the gap ${JSON.stringify(gap)} is not of trades that happened`);
  }
}

/** By time, what is no trade first; trades among themselves by id. */
function inOrder(facts: readonly Fact[]): Fact[] {
  const trades = facts.filter(({ kind }) => kind === 'trade').sort((a, b) => a.id - b.id);
  const others = facts.filter(({ kind }) => kind !== 'trade').sort(byTime);
  const out: Fact[] = [];
  let time = 0;
  for (const trade of trades) {
    time = Math.max(time, trade.time);
    while (others.length > 0 && others[0]!.time <= time) out.push(others.shift()!);
    out.push(trade);
  }
  return [...out, ...others];
}

function bookOf(symbol: string, facts: readonly Observation[]): Book {
  const book = initialBook(symbol);
  const taken = intake(symbolBookOf(book), facts, model, true);
  if (taken.refused.length > 0 || taken.duplicates > 0) {
    throw new Error(`${symbol}: ${taken.duplicates} duplicates, refused: ${taken.refused.slice(0, 3).join('; ')}`);
  }
  for (const batch of batchesOf(taken.events)) evolve(book, batch);
  return book;
}
