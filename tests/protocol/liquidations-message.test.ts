import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type LiquidationsMessage,
  liquidationsSchema,
  recentLiquidations,
} from '../../src/protocol/liquidations-message.ts';
import { liquidationsOf } from '../support/liquidations.ts';

it('the recent ones are the newest of all that were told, marked, and name the place from which they are complete', () => {
  const parts = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(parts, fc.nat({ max: 12 }), (sizes, max) => {
      const all: number[] = [];
      let recent: LiquidationsMessage | null = null;
      for (const size of sizes) {
        // Every other event is no liquidation.
        const from = all.at(-1) ?? 0;
        const seqs = Array.from({ length: size }, (_, i) => from + 2 * (i + 1));
        all.push(...seqs);
        recent = recentLiquidations(recent, { ...liquidationsOf('BTCUSDT', seqs), prev_seq: from }, max);
      }
      const kept = max === 0 ? [] : all.slice(-max);
      if (kept.length === 0) {
        expect(recent).toBeNull();
        return;
      }
      const told = liquidationsSchema.parse(recent);
      expect(told.data.map(({ seq }) => seq)).toEqual(kept);
      expect(told).toMatchObject({ recent: true, missed: 0, seq: all.at(-1), prev_seq: kept[0]! - 2 });
    }),
  );
});

it('what was told in another life of the stream is forgotten', () => {
  const before = recentLiquidations(null, liquidationsOf('BTCUSDT', [5, 6]), 10);
  const message = { ...liquidationsOf('BTCUSDT', [1]), epoch: 'epoch-2' };
  expect(recentLiquidations(before, message, 10)).toEqual({ ...message, recent: true });
});
