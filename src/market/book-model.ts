/** With what a book spreads what opens: the model of its stream and, where its venue told one, the venue's own table of margin tiers. */
import type { Book, Model } from './book.ts';
import { type LeverageLadder, ladderParameters, leverageLadder } from './leverage-ladder.ts';
import { type MarginTier, marginTierSet, tiersOf } from './margin-tiers.ts';

/** A model that makes no sense changes nothing. @returns whether it is the book's first one. */
export function setModel(book: Book, model: Model): boolean {
  const isKnown = marginTierSet(model.tiers) !== undefined && ladderParameters(model.ladder) !== undefined;
  const isValid = isKnown && model.churn >= 0 && model.churn <= 1 && model.halfLifeMs > 0;
  if (!isValid) return false;
  const isFirst = book.ladder === null;
  book.model = model;
  book.ladder = ladderOf(book);
  return isFirst;
}

/** What a venue's table changes is where positions stand that are opened from now on; those that are there stay where they are. */
export function addTier(
  book: Book,
  cap: number,
  rate: number,
  amount: number,
  leverage: number,
  index: number,
  count: number,
): void {
  if (index !== book.arrivingTiers.length) book.arrivingTiers = [];
  const tier = { notionalCap: cap, maintenanceRate: rate, maintenanceAmount: amount, maxLeverage: leverage };
  if (index !== book.arrivingTiers.length || !isTier(tier)) return;
  book.arrivingTiers = [...book.arrivingTiers, tier];
  if (book.arrivingTiers.length !== count) return;
  book.tiers = book.arrivingTiers;
  book.arrivingTiers = [];
  book.ladder = ladderOf(book);
}

function isTier({ notionalCap, maintenanceRate, maintenanceAmount, maxLeverage }: MarginTier): boolean {
  return notionalCap > 0 && maintenanceRate > 0 && maintenanceRate < 1 && maintenanceAmount >= 0 && maxLeverage >= 1;
}

/** Of the model and tiers that hold now; `null` while there is no model. */
export function ladderOf({
  model,
  tiers,
  symbol,
  venue,
}: Pick<Book, 'model' | 'tiers' | 'symbol' | 'venue'>): LeverageLadder | null {
  if (model === null) return null;
  const own = tiers ?? tiersOf(marginTierSet(model.tiers)!, symbol);
  return leverageLadder(ladderParameters(model.ladder)!, own, venue);
}
