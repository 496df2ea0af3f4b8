/** Pictures of a real book, one after another, as the worker would render them. */

import { type SymbolFrame, symbolFrameOf } from '../../src/actors/symbol-frame.ts';
import { type Book, evolve, initialBook } from '../../src/market/book.ts';
import { copyWindow, levelsOfWindow, windowColumnsLength } from '../../src/market/book-window.ts';
import { batchFromEvents } from '../../src/market/event-batch.ts';
import { intake } from '../../src/market/intake.ts';
import { latestMarginTiersVersion } from '../../src/market/margin-tiers.ts';
import { symbolBookOf, viewOfBook } from '../../src/market/symbol-book.ts';
import { deflatedFrame } from '../../src/protocol/deflated-frame.ts';
import { pictureFacts } from '../../src/protocol/picture-facts.ts';
import { snapshotFrame } from '../../src/protocol/snapshot-frame.ts';

const model = { tiers: latestMarginTiersVersion, ladder: 1, churn: 0.5, halfLifeMs: 86_400_000 };
const range = 0.25;

/** Each with some trades more than the one before. */
export function bookFrames(count: number, epoch = 'e', symbol = 'BTCUSDT'): SymbolFrame[] {
  const book = initialBook(symbol);
  return Array.from({ length: count }, (_, i) => {
    const trades = Array.from({ length: 5 }, (_, k) => {
      const id = i * 5 + k + 1;
      const price = 100_000 + 400 * Math.sin(id / 3);
      return {
        kind: 'trade',
        time: id * 1000,
        id,
        price,
        quantity: 1 + (id % 4),
        taker: id % 2 ? 'buy' : 'sell',
      } as const;
    });
    evolve(book, batchFromEvents(intake(symbolBookOf(book), trades, model).events));
    return frameOf(book, epoch, symbol);
  });
}

function frameOf(book: Book, epoch: string, symbol: string): SymbolFrame {
  const columns = new Float64Array(windowColumnsLength(viewOfBook(book), range));
  const window = copyWindow(viewOfBook(book), range, columns);
  const levels = levelsOfWindow({ ...window, columns });
  const facts = pictureFacts(viewOfBook(book), symbol, epoch, book.time, { created: 0, consumed: 0 });
  const snapshot = snapshotFrame(facts, levels);
  const sides = { long: window.scales[0]!.long, short: window.scales[0]!.short };
  return symbolFrameOf({ facts, sides }, { ...snapshot, levels, deflated: deflatedFrame(snapshot.bytes) });
}
