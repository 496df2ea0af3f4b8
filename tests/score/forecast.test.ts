import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evolve } from '../../src/market/book.ts';
import { sweep } from '../../src/market/book-side.ts';
import { batchesOf } from '../../src/market/event-batch.ts';
import { withLearned } from '../../src/score/fit.ts';
import { fleetingUsd } from '../../src/score/fleeting.ts';
import { bookOf, forecast, segmentsOf, sweptUsd } from '../../src/score/forecast.ts';
import { intervalPaths } from '../../src/score/price-path.ts';
import { type RecordedObservation, type Recording, RecordingError, withTotalsOf } from '../../src/score/recording.ts';
import { bookCells } from '../support/book-cells.ts';
import { rightParameters } from './right-parameters.ts';

const minuteMs = 60_000;
const start = Date.parse('2026-01-01T00:00:00Z');

/** A candle a minute through these closes; each reaches from the close before to its own. */
function recordingOf(closes: readonly number[], volume = 10): Recording {
  const observations = closes.flatMap((close, minute): RecordedObservation[] => {
    const open = closes[minute - 1] ?? close;
    const id = start + minute * minuteMs;
    const candle = {
      open,
      high: Math.max(open, close),
      low: Math.min(open, close),
      close,
      volume,
      takerBuyVolume: null,
    };
    const known: RecordedObservation = { kind: 'open_interest', time: id, id, contracts: 1000 };
    return [...(minute % 5 === 0 ? [known] : []), { kind: 'candle', time: id + minuteMs, id, ...candle }];
  });
  const intervalMs = 10 * minuteMs;
  const count = Math.floor(closes.length / 10) - 1;
  const totals = Array.from({ length: count }, (_, i) => ({
    time: start + (i + 1) * intervalMs,
    longUsd: 0,
    shortUsd: 0,
  }));
  return { symbol: 'BTCUSDT', observations, totals, intervalMs };
}

const walk = fc.array(fc.integer({ min: -200, max: 200 }), { minLength: 40, maxLength: 80 }).map((steps) => {
  let price = 10_000;
  return steps.map((step) => {
    price += step;
    return price;
  });
});

describe('what a frozen book says', () => {
  it('is what a sweep to the same price takes out, and leaves the book as it is', () => {
    fc.assert(
      fc.property(
        walk,
        fc.constantFrom('long' as const, 'short' as const),
        fc.double({ min: 0, max: 0.3, noNaN: true }),
        (closes, side, far) => {
          const book = bookOf('BTCUSDT', rightParameters);
          for (const batch of batchesOf(recordingOf(closes).observations)) evolve(book, batch);
          const extreme = book.price * (side === 'long' ? 1 - far : 1 + far);
          const said = sweptUsd(book[side], book.tick, extreme);
          expect(sweptUsd(book[side], book.tick, extreme)).toBe(said);
          const { scale } = book[side];
          const before = bookCells(book[side]);
          sweep(book[side], extreme / book.tick);
          const after = bookCells(book[side]);
          const usd = before.reduce((sum, mass, cell) => sum + (mass - after[cell]!) * scale * cell * book.tick, 0);
          expect(Math.abs(said - usd)).toBeLessThanOrEqual(1e-9 * (usd + 1));
        },
      ),
    );
  });

  it('never falls when price goes farther', () => {
    fc.assert(
      fc.property(
        walk,
        fc.double({ min: 0, max: 0.3, noNaN: true }),
        fc.double({ min: 0, max: 0.3, noNaN: true }),
        (closes, a, b) => {
          const book = bookOf('BTCUSDT', rightParameters);
          for (const batch of batchesOf(recordingOf(closes).observations)) evolve(book, batch);
          const to = (far: number) => sweptUsd(book.short, book.tick, book.price * (1 + far));
          expect(to(Math.max(a, b))).toBeGreaterThanOrEqual(to(Math.min(a, b)));
        },
      ),
    );
  });

  it('adds up: swept, fleeting and background', () => {
    const recording = recordingOf(Array.from({ length: 60 }, (_, i) => 10_000 + 300 * Math.sin(i / 4)));
    const forecasts = forecast(segmentsOf(recording), intervalPaths(recording), rightParameters);
    for (const { long, short } of forecasts) {
      for (const { swept, fleeting, total } of [long, short]) expect(total).toBe(swept + fleeting + 1000);
    }
    expect(forecasts.some(({ long }) => long.swept > 0)).toBe(true);
    expect(forecasts.some(({ long }) => long.fleeting > 0)).toBe(true);
  });

  it('is the same whatever the volume is called, as long as the factor makes up for it', () => {
    const closes = Array.from({ length: 60 }, (_, i) => 10_000 + 300 * Math.sin(i / 4));
    const [small, large] = [recordingOf(closes, 1), recordingOf(closes, 8)];
    const by = (recording: Recording, volumeFactor: number) =>
      forecast(segmentsOf(recording), intervalPaths(recording), withLearned(rightParameters, { volumeFactor }));
    expect(by(small, 8)).toEqual(by(large, 1));
  });
});

describe('positions that open and go within the interval', () => {
  it('are those whose price a later step reaches, each counted alone', () => {
    const recording = recordingOf([
      ...new Array(10).fill(10_000),
      ...Array.from({ length: 30 }, (_, i) => 10_000 + 150 * Math.sin(i)),
    ]);
    const ladder = bookOf('BTCUSDT', rightParameters).ladder!;
    for (const path of intervalPaths(recording)) {
      const entries = [path.open, ...path.steps.map(({ close }) => close)];
      let [long, short] = [0, 0];
      for (const [at, entry] of entries.entries()) {
        const later = path.steps.slice(at);
        for (const [r, weight] of ladder.weight.entries()) {
          const [below, above] = [entry * ladder.long[r]!, entry * ladder.short[r]!];
          if (later.some(({ low }) => low <= below)) long += 3 * weight * below;
          if (later.some(({ high }) => high >= above)) short += 3 * weight * above;
        }
      }
      expect(fleetingUsd('long', path, ladder, 3)).toBeCloseTo(long, 6);
      expect(fleetingUsd('short', path, ladder, 3)).toBeCloseTo(short, 6);
    }
  });
});

describe('the path of an interval', () => {
  const closes = [...new Array(10).fill(100), 100, 99, 101, 98, 98, 98, 98, 98, 98, 102, ...new Array(10).fill(102)];
  const [path] = intervalPaths(recordingOf(closes));

  it('begins at the last price before it and knows how far it went on either side', () => {
    expect(path).toMatchObject({ open: 100, low: 98, high: 102, meanVolume: 10, stepMs: minuteMs });
    expect(path!.long.move).toBeCloseTo(0.02, 12);
    expect(path!.long.excursion).toBeCloseTo(3 / 101, 12);
    expect(path!.short.excursion).toBeCloseTo(4 / 98, 12);
    expect(path!.long.depth).toBeCloseTo(0.02, 12);
  });

  it('needs candles in it and before it', () => {
    const recording = recordingOf(closes);
    const before = { ...recording, totals: [{ time: start, longUsd: 0, shortUsd: 0 }] };
    expect(() => intervalPaths(before)).toThrow(RecordingError);
    expect(() => intervalPaths({ ...recording, totals: [{ time: start + 1e9, longUsd: 0, shortUsd: 0 }] })).toThrow(
      'has no candles in it',
    );
  });
});

describe('a recording that is cut', () => {
  it('knows nothing after the end, and has whole intervals only', () => {
    const recording = recordingOf(new Array(50).fill(100));
    const end = start + 35 * minuteMs;
    const cut = withTotalsOf(recording, start, end);
    expect(cut.totals).toHaveLength(2);
    expect(Math.max(...cut.observations.map(({ time }) => time))).toBe(end);
  });
});
