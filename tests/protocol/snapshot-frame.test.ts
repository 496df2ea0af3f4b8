import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Levels } from '../../src/market/book-window.ts';
import { type LevelStep, levelPrice } from '../../src/market/price-grid.ts';
import type { PictureFacts } from '../../src/protocol/picture-text.ts';
import { snapshotSchema } from '../../src/protocol/server-message.ts';
import { type SnapshotFrame, snapshotFrame } from '../../src/protocol/snapshot-frame.ts';

const facts: PictureFacts = {
  symbol: 'BTCUSDT',
  epoch: 'a1b2',
  seq: 42,
  timestamp: Date.parse('2026-01-02T03:04:05.678Z'),
  marketTime: Date.parse('2026-01-02T03:04:05Z'),
  currentPrice: 98_450.1,
  created: 450,
  consumed: 120,
  createdTotal: 4500,
  consumedTotal: 1200,
  levelStep: { mantissa: 1, exponent: 2 },
};

const levelsOf = (rows: readonly (readonly [number, number, number])[]): Levels => ({
  count: rows.length,
  number: Float64Array.from(rows, ([number]) => number),
  longDensity: Float64Array.from(rows, ([, long]) => long),
  shortDensity: Float64Array.from(rows, ([, , short]) => short),
});

/** Reads the frame as a client does: header, then exactly the payload it announces. */
function payload({ bytes }: SnapshotFrame): string {
  const buffer = Buffer.from(bytes);
  expect(buffer[0]).toBe(0x81);
  const short = buffer[1]!;
  const [header, length] =
    short < 126 ? [2, short] : short === 126 ? [4, buffer.readUInt16BE(2)] : [10, Number(buffer.readBigUInt64BE(2))];
  expect(buffer.length).toBe(header + length);
  return buffer.subarray(header).toString();
}

const content = (frame: SnapshotFrame) =>
  Buffer.from(frame.bytes.subarray(frame.contentStart, frame.contentEnd)).toString();

describe('a snapshot frame', () => {
  it('is the message of the protocol, whole', () => {
    const frame = snapshotFrame(
      facts,
      levelsOf([
        [980, 1_500_000, 0],
        [990, 0, 200_000],
      ]),
    );
    expect(JSON.parse(payload(frame))).toEqual({
      type: 'snapshot',
      symbol: 'BTCUSDT',
      timestamp: '2026-01-02T03:04:05.678Z',
      epoch: 'a1b2',
      seq: 42,
      market_time: '2026-01-02T03:04:05.000Z',
      data: {
        levels: [
          { price: 98_000, long_density: 1_500_000, short_density: 0 },
          { price: 99_000, long_density: 0, short_density: 200_000 },
        ],
        current_price: 98_450.1,
        positions_created: 450,
        positions_consumed: 120,
        positions_created_total: 4500,
        positions_consumed_total: 1200,
      },
      checksum: 1621026701,
    });
  });

  it('reads back as the numbers that went in, for any step, level and density', () => {
    const steps: fc.Arbitrary<LevelStep> = fc.record({
      mantissa: fc.constantFrom(1 as const, 2 as const, 5 as const),
      exponent: fc.integer({ min: -12, max: 9 }),
    });
    const density = fc.oneof(
      fc.nat(),
      fc.maxSafeNat(),
      fc.constantFrom(0, 9, 10, 99, 2 ** 31 - 1, 2 ** 31, 2 ** 53, 1e22),
    );
    const rows = fc.array(fc.tuple(fc.nat({ max: 200_000 }), density, density), { maxLength: 300 });
    fc.assert(
      fc.property(steps, rows, (levelStep, all) => {
        const message = snapshotSchema.parse(
          JSON.parse(payload(snapshotFrame({ ...facts, levelStep }, levelsOf(all)))),
        );
        expect(message.data.levels).toEqual(
          all.map(([number, long_density, short_density]) => ({
            price: levelPrice(levelStep, number),
            long_density,
            short_density,
          })),
        );
      }),
    );
  });

  it('has the same content exactly when it shows the same data, whatever the time and the counts since', () => {
    const rows = fc.array(fc.tuple(fc.nat({ max: 50 }), fc.nat({ max: 3 }), fc.nat({ max: 3 })), { maxLength: 3 });
    fc.assert(
      fc.property(rows, rows, fc.nat(), (a, b, later) => {
        const first = content(snapshotFrame(facts, levelsOf(a)));
        const other = { ...facts, seq: later, timestamp: later, marketTime: later, created: later, consumed: later };
        const second = content(snapshotFrame(other, levelsOf(b)));
        expect(first === second).toBe(JSON.stringify(a) === JSON.stringify(b));
        expect(content(snapshotFrame({ ...other, currentPrice: 1 }, levelsOf(a)))).not.toBe(first);
        expect(content(snapshotFrame({ ...other, createdTotal: 1 }, levelsOf(a)))).not.toBe(first);
      }),
    );
  });

  it('keeps the bytes it gave out when the next one is made', () => {
    const frame = snapshotFrame(facts, levelsOf([[1, 2, 3]]));
    const before = payload(frame);
    snapshotFrame(
      facts,
      levelsOf([
        [7, 8, 9],
        [10, 11, 12],
      ]),
    );
    expect(payload(frame)).toBe(before);
  });
});
