/** Where a feed takes up again, read off the book that its stream was folded into. */
import type { Book } from '../market/book.ts';
import { kindCodes } from '../market/event-batch.ts';
import type { ResumePoint } from './feed.ts';

/** @returns `undefined` for a stream without events. */
export function resumePointOf(book: Book): ResumePoint | undefined {
  if (book.version === 0) return undefined;
  const lastIds: Partial<Record<string, number>> = {};
  for (const [kind, code] of Object.entries(kindCodes)) {
    const id = book.lastIds[code]!;
    if (!Number.isNaN(id)) lastIds[kind] = id;
  }
  return { firstTime: book.firstTime, lastTime: book.time, lastIds };
}
