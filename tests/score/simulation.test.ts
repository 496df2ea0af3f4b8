/** The score where the truth is known: a simulated market knows who held what and who was liquidated where. */
import { beforeAll, describe, expect, it } from 'vitest';
import { evolve } from '../../src/market/book.ts';
import { batchesOf } from '../../src/market/event-batch.ts';
import { cellsPerLevel } from '../../src/market/price-grid.ts';
import { fit, withLearned } from '../../src/score/fit.ts';
import { bookOf, forecast, type IntervalForecast, segmentsOf } from '../../src/score/forecast.ts';
import type { ForecastParameters } from '../../src/score/parameters.ts';
import { shifted, shuffled } from '../../src/score/placebos.ts';
import { type IntervalPath, intervalPaths } from '../../src/score/price-path.ts';
import { liquidatedUsd, sides } from '../../src/score/recording.ts';
import { freshPlaces } from '../../src/score/skill.ts';
import { rankCorrelation } from '../../src/score/statistics/rank-correlation.ts';
import { bookCells } from '../support/book-cells.ts';
import { rightParameters } from './right-parameters.ts';
import { type SimulatedRecording, simulatedRecording } from './simulated-recording.ts';

const days = 5;
let simulated: SimulatedRecording;
let paths: IntervalPath[];
let forecasts: IntervalForecast[];

beforeAll(() => {
  simulated = simulatedRecording(3, days);
  paths = intervalPaths(simulated.recording);
  forecasts = forecast(segmentsOf(simulated.recording), paths, rightParameters);
});

const observed = (side: 'long' | 'short') => simulated.recording.totals.map((total) => liquidatedUsd(total, side));

/** Rank correlation of the levels' mass with the traders' positions, where price was not for the last 12 hours. */
function levelRank({ recording, market }: SimulatedRecording, parameters: ForecastParameters): number {
  const book = bookOf(recording.symbol, parameters);
  for (const batch of batchesOf(recording.observations)) evolve(book, batch);
  const step = book.tick * cellsPerLevel;
  const [truth, guess] = [new Map<number, number>(), new Map<number, number>()];
  const add = (usd: Map<number, number>, side: 'long' | 'short', price: number, contracts: number) => {
    const level = side === 'long' ? Math.floor(price / step + 1e-9) : Math.ceil(price / step - 1e-9);
    usd.set(level, (usd.get(level) ?? 0) + contracts * level * step);
  };
  for (const side of sides) {
    for (const lot of market.positions(side).lots()) add(truth, side, lot.liquidationPrice, lot.quantity);
    for (const [cell, mass] of bookCells(book[side]).entries()) {
      if (mass > 0) add(guess, side, cell * book.tick, mass * book[side].scale);
    }
  }
  const lastDay = recording.observations.filter((o) => o.kind === 'candle').slice(-720);
  const low = Math.min(...lastDay.map((candle) => candle.low));
  const high = Math.max(...lastDay.map((candle) => candle.high));
  const all = Array.from({ length: Math.ceil((2 * market.markPrice) / step) }, (_, i) => i + 1);
  const fresh = all.filter((level) => level < Math.floor(low / step) || level > Math.ceil(high / step));
  return rankCorrelation(
    fresh.map((level) => truth.get(level) ?? 0),
    fresh.map((level) => guess.get(level) ?? 0),
  );
}

describe.each([1, 2, 3])('after three days of a simulated market (seed %d)', (seed) => {
  const young = simulatedRecording(seed, 2);

  it('levels on fresh ground rank as the open positions do, with the right parameters', () => {
    expect(levelRank(young, rightParameters)).toBeGreaterThanOrEqual(0.95);
  });

  it.each([-0.25, 0.25])('and nearly so with weights that are wrong by a factor of four (shape %d)', (shape) => {
    expect(levelRank(young, withLearned(rightParameters, { shape }))).toBeGreaterThanOrEqual(0.9);
  });
});

describe('on a simulated market', () => {
  it('intervals rank as what was liquidated, and their USD are the right USD', () => {
    for (const side of sides) {
      const [x, y] = [forecasts.map((one) => one[side].total), observed(side)];
      const fresh = freshPlaces(paths, side);
      const of = (values: readonly number[]) => fresh.map((place) => values[place]!);
      expect(rankCorrelation(of(x), of(y))).toBeGreaterThan(0.9);
      const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
      expect(sum(x) / sum(y)).toBeGreaterThan(0.8);
      expect(sum(x) / sum(y)).toBeLessThan(1.25);
    }
  });

  it('what is learned from the liquidations is what the traders have', () => {
    const start = withLearned(rightParameters, { nearest: 0.002, shape: 0.4 });
    const { learned } = fit(simulated.recording, { start, names: ['nearest', 'shape'], mostSteps: 60 });
    for (const name of ['nearest', 'shape'] as const) {
      const right = rightParameters.ladder[name];
      expect(learned[name].low, name).toBeLessThanOrEqual(right);
      expect(learned[name].high, name).toBeGreaterThanOrEqual(right);
    }
    expect(learned.shape.high - learned.shape.low).toBeLessThan(0.4);
  });

  it('forecasts that were shuffled have no rank, in the mean of many', () => {
    const ranks = Array.from({ length: 200 }, (_, seed) =>
      sides.map((side) => rankCorrelation(shuffled(forecasts, seed)[side], observed(side))),
    ).flat();
    expect(Math.abs(ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length)).toBeLessThan(0.02);
  });

  it('forecasts of another time and of the other side have none to speak of', () => {
    for (const side of sides) {
      const other = side === 'long' ? 'short' : 'long';
      const away = shifted(forecasts, simulated.recording.intervalMs)[side];
      expect(Math.abs(rankCorrelation(away, observed(side)))).toBeLessThan(0.25);
      expect(
        rankCorrelation(
          forecasts.map((one) => one[other].total),
          observed(side),
        ),
      ).toBeLessThan(0.1);
    }
  });
});
