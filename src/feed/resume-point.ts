/** Where a feed takes up again, read off the books that its stream was folded into. */
import type { Book } from '../market/book.ts';
import { kindCodes } from '../market/event-batch.ts';
import { booksOf, type SymbolBook } from '../market/symbol-book.ts';
import type { VenueName } from '../market/venues.ts';
import type { ResumePoint, VenuePoint } from './feed.ts';

/** @returns `undefined` for a stream without events. */
export function resumePointOf(whole: SymbolBook): ResumePoint | undefined {
  if (whole.version === 0) return undefined;
  const [unnamed] = whole.books;
  const venues = booksOf(whole).filter((book): book is Book & { venue: VenueName } => book.venue !== undefined);
  return {
    firstTime: whole.firstTime,
    lastTime: whole.time,
    lastIds: unnamed === undefined ? {} : lastIdsOf(unnamed),
    venues: new Map(venues.map((book) => [book.venue, pointOf(book)])),
  };
}

function pointOf(book: Book): VenuePoint {
  return { firstTime: book.firstTime, lastTime: book.time, lastIds: lastIdsOf(book) };
}

function lastIdsOf({ lastIds }: Book): Partial<Record<string, number>> {
  const ids = Object.entries(kindCodes).map(([kind, code]) => [kind, lastIds[code]!] as const);
  return Object.fromEntries(ids.filter(([, id]) => !Number.isNaN(id)));
}
