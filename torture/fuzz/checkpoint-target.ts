/** Checkpoints: bytes are no book, or a book that is the same bytes again. */
import { evolve, initialBook } from '../../src/market/book.ts';
import { bookTimeOf, decodeBook, encodeBook } from '../../src/market/book-codec.ts';
import { batchFromEvents } from '../../src/market/event-batch.ts';
import type { Dice } from '../../tests/simulation/dice.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { mutatedBytes } from './mutate.ts';
import { sampleEvents } from './sample-events.ts';

export class CheckpointTarget implements FuzzTarget {
  readonly #good: Uint8Array[] = sampleEvents(8).map((events) => {
    const book = initialBook('BTCUSDT');
    evolve(book, batchFromEvents(events));
    return encodeBook(book);
  });

  try(dice: Dice): string {
    const good = dice.pick(this.#good);
    const bytes = dice.chance(0.5) ? mutatedBytes(good, this.#good, dice) : withTurnedScalars(good, dice);
    bookTimeOf(bytes);
    const book = decodeBook('BTCUSDT', bytes);
    if (book === null) return 'no book';
    const again = encodeBook(book);
    // What stands for true and for "no model" has one form when it is written, and several that are read.
    return Buffer.compare(again, bytes) === 0 ? 'a book, bit for bit' : 'a book';
  }

  close(): void {}
}

/** The head, where the counts stand, of the right length altogether. */
function withTurnedScalars(good: Uint8Array, dice: Dice): Uint8Array {
  const bytes = Uint8Array.from(good);
  const view = new DataView(bytes.buffer);
  const odd = [0, -0, 1, 2, 3, -1, 0.5, 1e9, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, dice.uniform() * 1e6];
  for (let changes = dice.whole(1, 4); changes > 0; changes--)
    view.setFloat64(8 * dice.whole(0, 39), dice.pick(odd), true);
  return bytes;
}
