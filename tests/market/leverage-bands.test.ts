import { describe, expect, it } from 'vitest';
import { evolve, initialBook } from '../../src/market/book.ts';
import { copyWindow, windowColumnsLength } from '../../src/market/book-window.ts';
import { batchFromEvents } from '../../src/market/event-batch.ts';
import { leverageBandCount, leverageBandNames, leverageBandOf } from '../../src/market/leverage-bands.ts';
import { viewOfBook } from '../../src/market/symbol-book.ts';

describe('leverage bands', () => {
  it.each([
    [0.5, '1-10x'],
    [1, '1-10x'],
    [9.99, '1-10x'],
    [10, '10-25x'],
    [25, '25-50x'],
    [50, '50-100x'],
    [99, '50-100x'],
    [100, '100x+'],
    [143, '100x+'],
  ])('put %fx into %s', (leverage, name) => {
    expect(leverageBandNames[leverageBandOf(leverage)]).toBe(name);
  });

  it('lie around the price in the order of their leverage: the higher, the nearer', () => {
    const book = initialBook('BTCUSDT');
    evolve(
      book,
      batchFromEvents([
        { kind: 'model_set', time: 0, id: 1, tiers: 1, ladder: 1, churn: 0, halfLifeMs: 86_400_000 },
        { kind: 'mark_price', time: 1, id: 1, price: 100_000 },
        { kind: 'trade', time: 2, id: 1, price: 100_000, quantity: 10, taker: 'buy' },
      ]),
    );
    const farthest = Array.from({ length: leverageBandCount }, (_, band) => {
      const columns = new Float64Array(windowColumnsLength(viewOfBook(book), 1));
      const { firstCell } = copyWindow(viewOfBook(book), 1, columns, 1 << band);
      return firstCell + columns.findIndex((mass) => mass > 0);
    });
    expect(farthest).toEqual([...farthest].sort((a, b) => a - b));
    expect(new Set(farthest).size).toBe(leverageBandCount);
  });
});
