/**
 * What a book rests on beside what was measured. Shown wherever its numbers are: a reader of a level can see what was assumed.
 */
import type { Book } from './book.ts';
import { unseenTotal } from './book-side.ts';
import { ladderParameters } from './leverage-ladder.ts';
import { marginTierSet, ownTiersOf } from './margin-tiers.ts';

/** Share of the books' contracts that were seen being opened, 0–1; `null` for empty books. */
export function observedShare(books: readonly Book[]): number | null {
  let [total, unseen] = [0, 0];
  for (const { long, short } of books) {
    total += long.total + short.total;
    unseen += unseenTotal(long) + unseenTotal(short);
  }
  return total > 0 ? Math.min(Math.max(1 - unseen / total, 0), 1) : null;
}

/** Of several books each says for itself what does not hold for all. */
export function assumptionsOf(books: readonly Book[]): string[] {
  if (books.length === 1) return assumptionsOfBook(books[0]!);
  const all = books.map((book) => ({ venue: book.venue ?? 'unnamed venue', said: assumptionsOfBook(book) }));
  const [first, ...others] = all;
  const shared = first?.said.filter((text) => others.every(({ said }) => said.includes(text))) ?? [];
  const own = all.flatMap(({ venue, said }) =>
    said.filter((text) => !shared.includes(text)).map((text) => `${venue}: ${text}`),
  );
  return [...shared, ...own];
}

function assumptionsOfBook(book: Book): string[] {
  const { model, symbol } = book;
  if (model === null) return [];
  const assumptions = [
    ...ladderAssumptions(book),
    `${percent(model.churn)} of the volume opens and closes at once (market makers)`,
  ];
  if (Number.isNaN(book.openInterest)) {
    const hours = model.halfLifeMs / 3_600_000;
    assumptions.push(
      `no open interest in the source: the book's total is an estimate, with positions closed at a half-life of ${hours} h`,
    );
  } else {
    assumptions.push(
      'which side opened is guessed from the taker side; open interest before the first event stood at the first price',
    );
  }
  if (!book.hasMark && !Number.isNaN(book.price)) {
    assumptions.push('no mark price in the source: traded prices stand in for it');
  }
  if (book.candles > 0) {
    assumptions.push(`positions of a candle opened at its close, after its whole range was crossed`);
  }
  if (book.candlesWithoutTakerSide > 0) {
    const share = book.candlesWithoutTakerSide / book.candles;
    assumptions.push(`${percent(share)} of the candles name no taker side: their opens are split evenly`);
  }
  if (book.gaps > 0)
    assumptions.push(`the source of ${symbol} skipped ${book.gaps} times: what happened there is missing`);
  return assumptions;
}

function ladderAssumptions(book: Book): string[] {
  const set = marginTierSet(book.model!.tiers)!;
  const isOwn = book.tiers !== null;
  const ladder = ladderParameters(book.model!.ladder)!;
  const distances = `${percent(ladder.nearest)} to ${percent(ladder.farthest)}`;
  const spread = ladder.shape === 0 ? 'even over' : `proportional to distance^${1 + ladder.shape} within`;
  const assumptions = [
    `effective leverage is spread so that mass is ${spread} liquidation distances of ${distances} (ladder ${ladder.version})`,
    isOwn
      ? `margin tiers as the venue told them, for positions of ${ladder.assumedNotional} USD`
      : `margin tiers of ${set.venue}, ${set.date}, for positions of ${ladder.assumedNotional} USD`,
  ];
  if (ladder.unlevered > 0) {
    assumptions.push(`${percent(ladder.unlevered)} of what opens is never force-closed: it stands at leverage 1`);
  }
  if (!isOwn && ownTiersOf(set, book.symbol) === undefined) {
    assumptions.push(`${book.symbol} has no margin tiers of its own: those of ${set.fallbackSymbol} are used`);
  }
  return assumptions;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
