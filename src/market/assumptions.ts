/**
 * What a book rests on beside what was measured. Shown wherever its numbers are: a reader of a level can see what was assumed.
 */
import type { Book } from './book.ts';
import { unseenTotal } from './book-side.ts';
import { ladderParameters } from './leverage-ladder.ts';
import { marginTierSet, ownTiersOf } from './margin-tiers.ts';

/** Share of the book's contracts that were seen being opened, 0–1; `null` for an empty book. */
export function observedShare(book: Book): number | null {
  const total = book.long.total + book.short.total;
  if (!(total > 0)) return null;
  return Math.min(Math.max(1 - (unseenTotal(book.long) + unseenTotal(book.short)) / total, 0), 1);
}

export function assumptionsOf(book: Book): string[] {
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
  const ladder = ladderParameters(book.model!.ladder)!;
  const distances = `${percent(ladder.nearest)} to ${percent(ladder.farthest)}`;
  const spread = ladder.shape === 0 ? 'even over' : `proportional to distance^${1 + ladder.shape} within`;
  const assumptions = [
    `effective leverage is spread so that mass is ${spread} liquidation distances of ${distances} (ladder ${ladder.version})`,
    `margin tiers of ${set.venue}, ${set.date}, for positions of ${ladder.assumedNotional} USD`,
  ];
  if (ladder.unlevered > 0) {
    assumptions.push(`${percent(ladder.unlevered)} of what opens is never force-closed: it stands at leverage 1`);
  }
  if (ownTiersOf(set, book.symbol) === undefined) {
    assumptions.push(`${book.symbol} has no margin tiers of its own: those of ${set.fallbackSymbol} are used`);
  }
  return assumptions;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
