/** One damage to the files of a log: its last bytes are gone, or a bit of a byte is another one. */
import { Random } from '../../src/feed/random.ts';
import type { LogFiles, LogImage } from './log-image.ts';

export interface TailCase {
  readonly image: LogImage;
  readonly kind: 'cut' | 'flip';
  /** The first byte that is gone, or the byte that is another one. */
  readonly at: number;
  /** Bits that are turned. */
  readonly mask: number;
  /** Whether the index of the write-ahead log is gone with it, where there is one. */
  readonly isIndexGone: boolean;
}

/** Eight seeds in a row turn every bit. @param most so many of all cases, evenly spread. */
export function* tailCases(images: readonly LogImage[], seed: number, most: number): Generator<TailCase> {
  const all = caseCount(images);
  const count = Math.min(most, all);
  const random = new Random(`tail-${seed}`);
  for (let i = 0; i < count; i++) {
    // Not in equal steps, which might fall upon the same place of every page.
    let rest = count === all ? i : Math.floor((i + random.uniform()) * (all / count));
    const image = images.find(({ bytes }) => {
      if (rest < 2 * bytes) return true;
      rest -= 2 * bytes;
      return false;
    })!;
    const at = rest >> 1;
    yield {
      image,
      kind: rest % 2 === 0 ? 'cut' : 'flip',
      at,
      mask: 1 << ((seed + at) & 7),
      isIndexGone: ((seed + at) & 8) === 0,
    };
  }
}

export function caseCount(images: readonly LogImage[]): number {
  return images.reduce((sum, { bytes }) => sum + 2 * bytes, 0);
}

export function damaged({ image, kind, at, mask, isIndexGone }: TailCase): LogFiles {
  const files = new Map(image.files);
  const whole = files.get(image.target)!;
  const bytes = new Uint8Array(whole.subarray(0, kind === 'cut' ? at : whole.length));
  if (kind === 'flip') bytes[at]! ^= mask;
  files.set(image.target, bytes);
  if (isIndexGone)
    for (const name of files.keys()) if (name.endsWith('-shm') && name !== image.target) files.delete(name);
  return files;
}

export function toldCase({ image, kind, at, mask }: TailCase): string {
  return kind === 'cut' ? `${image.name}: cut at byte ${at}` : `${image.name}: byte ${at} with ${mask} turned`;
}
