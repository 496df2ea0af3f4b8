import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Levels } from '../../src/market/book-window.ts';
import { levelChanges } from '../../src/market/level-changes.ts';
import { type LevelStep, levelPrice } from '../../src/market/price-grid.ts';
import { deltaFrame, type Picture } from '../../src/protocol/delta-frame.ts';
import { levelChecksum } from '../../src/protocol/level-checksum.ts';
import { type DeltaMessage, deltaSchema } from '../../src/protocol/server-message.ts';
import { payloadOf } from '../../src/protocol/websocket-frame.ts';
import { applied, checksumOf, type Row } from '../support/delta-client.ts';

const steps: fc.Arbitrary<LevelStep> = fc.record({
  mantissa: fc.constantFrom(1 as const, 2 as const, 5 as const),
  exponent: fc.integer({ min: -9, max: 4 }),
});
const density = fc.oneof(fc.constant(0), fc.nat(20), fc.nat(), fc.maxSafeNat());
const cells = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 40 }), density, density), { selector: ([number]) => number })
  .map((rows) => rows.filter(([, long, short]) => long + short > 0).sort((a, b) => a[0] - b[0]));
const positive = fc.double({ min: 2 ** -70, max: 4, noNaN: true });

function pictureOf(
  seq: number,
  step: LevelStep,
  rows: readonly Row[],
  sides: { long: number; short: number },
): Picture {
  const levels: Levels = {
    count: rows.length,
    number: Float64Array.from(rows, ([number]) => number),
    longDensity: Float64Array.from(rows, ([, long]) => long),
    shortDensity: Float64Array.from(rows, ([, , short]) => short),
  };
  const facts = {
    symbol: 'BTCUSDT',
    epoch: 'a1b2',
    seq,
    timestamp: 1000 * seq,
    marketTime: 999 * seq,
    currentPrice: 100 + seq,
    created: 1,
    consumed: 1,
    createdTotal: 40 * seq,
    consumedTotal: 3 * seq,
    levelStep: step,
  };
  return { facts, levels, sides, checksum: levelChecksum(step, levels) };
}

const rowsOf = ({ levels, facts }: Picture): Row[] =>
  Array.from({ length: levels.count }, (_, i) => [
    levelPrice(facts.levelStep, levels.number[i]!),
    levels.longDensity[i]!,
    levels.shortDensity[i]!,
  ]);

const deltaOf = (from: Picture, to: Picture): DeltaMessage =>
  deltaSchema.parse(JSON.parse(Buffer.from(payloadOf(deltaFrame(from, to))).toString()));

/** Pictures of one stream: partly the one before scaled, as closings do, partly anew. */
const histories = fc
  .tuple(
    steps,
    fc.array(fc.record({ rows: cells, long: positive, short: positive, keeps: fc.boolean() }), {
      minLength: 3,
      maxLength: 3,
    }),
  )
  .map(([step, turns]) => {
    let rows: readonly Row[] = [];
    let sides = { long: 1, short: 1 };
    return turns.map((turn, i) => {
      sides = { long: sides.long * turn.long, short: sides.short * turn.short };
      const byLevel = new Map(turn.keeps ? rows.map((row) => [row[0], row]) : []);
      for (const [number, [, long, short]] of byLevel) {
        byLevel.set(number, [number, Math.round(long * turn.long), Math.round(short * turn.short)]);
      }
      for (const row of turn.rows.slice(0, turn.keeps ? 3 : undefined)) byLevel.set(row[0], row);
      rows = [...byLevel.values()].filter(([, long, short]) => long + short > 0).sort((a, b) => a[0] - b[0]);
      return pictureOf(10 + i, step, rows, sides);
    });
  });

describe('a delta', () => {
  it('makes the later picture out of the earlier one, and proves it, whatever the two are', () => {
    fc.assert(
      fc.property(histories, ([from, , to]) => {
        const delta = deltaOf(from!, to!);
        const rows = applied(rowsOf(from!), delta.data);
        expect(rows).toEqual(rowsOf(to!));
        expect(checksumOf(rows)).toBe(delta.checksum);
        expect(delta).toMatchObject({ seq: 12, prev_seq: 10 });
      }),
    );
  });

  it('that is merged does what those it replaces do one after another', () => {
    fc.assert(
      fc.property(histories, ([a, b, c]) => {
        const stepByStep = applied(applied(rowsOf(a!), deltaOf(a!, b!).data), deltaOf(b!, c!).data);
        expect(applied(rowsOf(a!), deltaOf(a!, c!).data)).toEqual(stepByStep);
        const counts = (from: Picture, to: Picture) => deltaOf(from, to).data.positions_created;
        expect(counts(a!, c!)).toBe(counts(a!, b!) + counts(b!, c!));
      }),
    );
  });

  it('lists nothing when a side was only closed', () => {
    const step = { mantissa: 1, exponent: 2 } as const;
    const exact = Array.from({ length: 100 }, (_, i) => 1e6 / (i + 3));
    const rows = (by: number) => exact.map((usd, i): Row => [i + 1, Math.round(usd * by), 0]);
    const from = pictureOf(1, step, rows(1), { long: 0.7, short: 1 });
    const to = pictureOf(2, step, rows(0.987654321), { long: 0.7 * 0.987654321, short: 1 });
    const { data } = deltaOf(from, to);
    expect(data.levels).toEqual([]);
    expect(applied(rowsOf(from), data)).toEqual(rowsOf(to));
  });

  it('has one rounding a level of the earlier picture', () => {
    fc.assert(
      fc.property(histories, positive, ([from, to], scale) => {
        expect(levelChanges(from!.levels, to!.levels, { long: scale, short: scale }).roundings).toHaveLength(
          from!.levels.count,
        );
      }),
    );
  });
});

describe('the checksum', () => {
  it('is that of the numbers as a client reads them out of the message', () => {
    fc.assert(
      fc.property(histories, ([picture]) => {
        const read = rowsOf(picture!).map((row) => JSON.parse(JSON.stringify(row)) as Row);
        expect(checksumOf(read)).toBe(picture!.checksum);
      }),
    );
  });
});
