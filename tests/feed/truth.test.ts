/** The book against the positions it can only guess: a simulated market knows who holds what. */

import { describe, expect, it } from 'vitest';
import { SimulatedMarket } from '../../src/feed/simulated-market.ts';
import { evolve, initialBook } from '../../src/market/book.ts';
import type { PositionSide } from '../../src/market/event.ts';
import { batchFromEvents, maxBatchEvents } from '../../src/market/event-batch.ts';
import { intake } from '../../src/market/intake.ts';
import { cellsPerLevel } from '../../src/market/price-grid.ts';
import { symbolBookOf } from '../../src/market/symbol-book.ts';
import { rankCorrelation } from '../../src/score/statistics/rank-correlation.ts';
import { bookCells } from '../support/book-cells.ts';

const model = { tiers: 1, ladder: 1, churn: 0.5, halfLifeMs: 86_400_000 };
const secondsPerHour = 3600;
const simulatedHours = 48;
const freshHours = 12;

/** Book and market after two days, and the range of the mark price over the last twelve hours. */
function simulate(seed: number) {
  const market = new SimulatedMarket('BTCUSDT', seed, Date.parse('2026-01-01T00:00:00Z'));
  const book = initialBook('BTCUSDT');
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  let observations = market.opening();
  const steps = simulatedHours * secondsPerHour;
  for (let step = 1; step <= steps; step++) {
    observations.push(...market.step());
    if (step > steps - freshHours * secondsPerHour) {
      low = Math.min(low, market.markPrice);
      high = Math.max(high, market.markPrice);
    }
    if (observations.length < maxBatchEvents / 2 && step < steps) continue;
    const { events, refused } = intake(symbolBookOf(book), observations, model);
    expect(refused).toEqual([]);
    for (let from = 0; from < events.length; from += maxBatchEvents) {
      evolve(book, batchFromEvents(events.slice(from, from + maxBatchEvents)));
    }
    observations = [];
  }
  return { market, book, low, high };
}

/** Density in USD by level; a long belongs to the level at or below it, a short to the one at or above. */
class Density {
  readonly usd = new Map<number, number>();
  readonly #step: number;

  constructor(step: number) {
    this.#step = step;
  }

  add(side: PositionSide, price: number, contracts: number): void {
    const level = side === 'long' ? Math.floor(price / this.#step + 1e-9) : Math.ceil(price / this.#step - 1e-9);
    this.usd.set(level, (this.usd.get(level) ?? 0) + contracts * level * this.#step);
  }

  over(levels: readonly number[]): number[] {
    return levels.map((level) => this.usd.get(level) ?? 0);
  }
}

describe('the book of a simulated market', () => {
  it.each([1, 2, 3, 4, 5])(
    'ranks levels as the traders’ positions do, on ground untraded for 12 hours (seed %d)',
    (seed) => {
      const { market, book, low, high } = simulate(seed);
      const step = book.tick * cellsPerLevel;
      const [truth, guess] = [new Density(step), new Density(step)];
      for (const side of ['long', 'short'] as const) {
        for (const { liquidationPrice, quantity } of market.positions(side).lots())
          truth.add(side, liquidationPrice, quantity);
        const { scale } = book[side];
        for (const [cell, mass] of bookCells(book[side]).entries())
          if (mass > 0) guess.add(side, cell * book.tick, mass * scale);
      }
      const [below, above] = [Math.floor(low / step), Math.ceil(high / step)];
      const levels = Array.from({ length: Math.ceil((2 * market.markPrice) / step) }, (_, i) => i + 1);
      const fresh = levels.filter((level) => level < below || level > above);
      expect(rankCorrelation(truth.over(fresh), guess.over(fresh))).toBeGreaterThanOrEqual(0.9);
      // A book with its sides mixed up would still look like the truth if only the price mattered.
      const mirrored = fresh.map((level) => below + above - level);
      expect(rankCorrelation(truth.over(fresh), guess.over(mirrored))).toBeLessThan(0.5);
    },
  );
});
