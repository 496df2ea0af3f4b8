/** Batches of the log: bytes are a batch that can be folded, or refused by name. Some get their checksum made right again. */
import { crc32 } from 'node:zlib';
import { decodeBatch, encodeBatch } from '../../src/log/batch-codec.ts';
import { EventLogError } from '../../src/log/event-log.ts';
import { evolve, initialBook } from '../../src/market/book.ts';
import type { Dice } from '../../tests/simulation/dice.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { mutatedBytes } from './mutate.ts';
import { sampleBatches } from './sample-events.ts';

const checksumAt = 4;

export class BatchTarget implements FuzzTarget {
  readonly #good = sampleBatches().map(encodeBatch);

  try(dice: Dice): string {
    const bytes = mutatedBytes(dice.pick(this.#good), this.#good, dice);
    const isMended = dice.chance(0.5) && bytes.length >= 16;
    if (isMended) mend(bytes);
    try {
      const batch = decodeBatch(bytes);
      evolve(initialBook('BTCUSDT'), batch);
      return isMended ? 'folded with a checksum that was mended' : 'folded as it was';
    } catch (error) {
      if (error instanceof EventLogError) return error.code;
      throw error;
    }
  }

  close(): void {}
}

function mend(bytes: Uint8Array<ArrayBuffer>): void {
  const checksum = crc32(bytes.subarray(checksumAt + 4), crc32(bytes.subarray(0, checksumAt)));
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(checksumAt, checksum, true);
}
