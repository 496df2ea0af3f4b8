import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumOf, HeldPicture } from '../../src/client/held-picture.ts';
import type { DeltaMessage, SnapshotMessage } from '../../src/client/messages.ts';
import { checksumOf as referenceChecksum } from '../support/delta-client.ts';
import { projectRoot } from '../support/server-process.ts';

const vectors = JSON.parse(readFileSync(join(projectRoot, 'docs/delta-vectors.json'), 'utf8'));

interface Vector {
  readonly what: string;
  readonly messages: (SnapshotMessage | DeltaMessage)[];
  readonly outcome: string;
  readonly levels: number[][] | null;
}

const levels = fc.array(
  fc.record({ price: fc.double({ min: 0.01, max: 1e6 }), long_density: fc.nat(), short_density: fc.nat() }),
);

describe('a held picture', () => {
  it.each(vectors.steps as Vector[])(
    'makes of the published messages what they say: $what',
    ({ messages, ...then }) => {
      const picture = new HeldPicture();
      let shown: SnapshotMessage | null = null;
      let outcome = '';
      for (const message of messages) {
        const taken = picture.take(message);
        outcome = typeof taken !== 'string' ? 'shown' : taken === 'old' ? 'old' : 'repair';
        if (typeof taken !== 'string') shown = taken;
        if (outcome === 'repair') {
          picture.forget();
          shown = null;
        }
      }
      expect(outcome).toBe(then.outcome);
      const rows = shown?.data.levels.map(({ price, long_density, short_density }) => [
        price,
        long_density,
        short_density,
      ]);
      expect(rows ?? null).toEqual(then.levels);
    },
  );

  it('has the checksum that the protocol describes', () => {
    fc.assert(
      fc.property(levels, (rows) => {
        const expected = referenceChecksum(rows.map((row) => [row.price, row.long_density, row.short_density]));
        expect(checksumOf(rows)).toBe(expected);
      }),
    );
  });

  it('takes what a server of the quickstart sends, which has no epoch, seq or checksum', () => {
    const picture = new HeldPicture();
    const plain: SnapshotMessage = {
      type: 'snapshot',
      symbol: 'BTCUSDT',
      timestamp: '2025-12-29T10:00:00Z',
      data: { levels: [], current_price: 98_450, positions_created: 450, positions_consumed: 120 },
    };
    expect(picture.take(plain)).toBe(plain);
    expect(picture.take({ ...plain, timestamp: 'later' })).toMatchObject({ timestamp: 'later' });
    expect(picture.name).toBeUndefined();
  });
});
