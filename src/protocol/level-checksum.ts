/**
 * The checksum of a level list, by which a client knows that it shows what the server shows.
 *
 * CRC-32 (the one of zip and Ethernet) over price, long_density and short_density of each level in ascending order of price, each as the
 * eight bytes of a little-endian IEEE 754 double. Numbers and not their texts, because every language prints numbers in its own way.
 */
import { crc32 } from 'node:zlib';
import type { Levels } from '../market/book-window.ts';
import { levelPrice, type PriceStep } from '../market/price-grid.ts';

const doublesPerLevel = 3;
/** One list is summed at a time, so one room serves all that a thread sums. */
let room = new Float64Array(0);

export function levelChecksum(step: PriceStep, levels: Levels): number {
  const length = levels.count * doublesPerLevel;
  if (room.length < length) room = new Float64Array(length * 2);
  const doubles = room.subarray(0, length);
  for (let i = 0; i < levels.count; i++) {
    doubles[i * doublesPerLevel] = levelPrice(step, levels.number[i]!);
    doubles[i * doublesPerLevel + 1] = levels.longDensity[i]!;
    doubles[i * doublesPerLevel + 2] = levels.shortDensity[i]!;
  }
  return crc32(new Uint8Array(doubles.buffer, 0, doubles.byteLength));
}
