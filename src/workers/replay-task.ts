/**
 * The worker's side of a replay: the book where the picture before left it, folded a step further, and the picture of it.
 *
 * A worker keeps the books of the replays it served last. Whichever worker is asked, and whatever it has kept, the picture is the same:
 * a book that is not there is folded again from the nearest checkpoint.
 */
import { copyWindow, levelsOfWindow, sideScales, windowColumnsLength } from '../market/book-window.ts';
import { sliceBatch } from '../market/event-batch.ts';
import { evolveSymbol, type SymbolBook, viewOf } from '../market/symbol-book.ts';
import { deflatedFrame } from '../protocol/deflated-frame.ts';
import { pictureFacts } from '../protocol/picture-facts.ts';
import { snapshotFrame } from '../protocol/snapshot-frame.ts';
import { lowerThreadPriority } from './background-priority.ts';
import type { ReplayJob, ReplayPoint, ReplayStep } from './replay-job.ts';
import { StreamHistory } from './stream-history.ts';

lowerThreadPriority();

/** About a megabyte each. */
const booksKept = 32;
/** The one used longest ago first. */
const books = new Map<string, SymbolBook>();

/** Folded are events up to this number and up to this time, whichever ends first. */
interface Bounds {
  readonly seq: number;
  readonly time: number;
}

export default function replayStep(job: ReplayJob): ReplayStep {
  const history = new StreamHistory(job.directory, job.stream, job.symbol, job.version);
  const book = bookOf(job, history);
  const end = boundsOf(job.to);
  const seqBefore = book.version;
  if (job.seq === null) {
    fold(book, history, smaller(boundsOf(job.from), end));
    // Before its first price a stream has nothing to show.
    while (!isShowable(book, job) && nextStep(book, history, job.stepMs, end));
  } else if (job.untilMs === null) {
    nextStep(book, history, job.stepMs, end);
  } else {
    fold(book, history, smaller({ seq: Number.POSITIVE_INFINITY, time: job.untilMs }, end));
  }
  const isShown = (job.seq === null || book.version > seqBefore) && isShowable(book, job);
  return {
    picture: isShown ? pictureOf(book, job) : null,
    seq: book.version,
    marketTime: book.time,
    state: stateOf(book, history, job, end),
  };
}

function bookOf(job: ReplayJob, history: StreamHistory): SymbolBook {
  const known = books.get(job.replay);
  books.delete(job.replay);
  const book = known !== undefined && known.version === job.seq ? known : foldedAgain(job, history);
  books.set(job.replay, book);
  if (books.size > booksKept) books.delete(books.keys().next().value!);
  return book;
}

function foldedAgain({ seq, from }: ReplayJob, history: StreamHistory): SymbolBook {
  const begin = boundsOf(seq === null ? from : { seq });
  const book = history.bookBefore(({ version, time }) => version <= begin.seq && time <= begin.time);
  if (seq !== null) fold(book, history, begin);
  return book;
}

/** To the end of the step in which the next event lies. @returns whether there was one. */
function nextStep(book: SymbolBook, history: StreamHistory, stepMs: number, end: Bounds): boolean {
  const time = history.timeOf(book.version);
  if (time === null || book.version >= end.seq) return false;
  // An event may be older than the one before it.
  const moment = Math.ceil(Math.max(time, book.time) / stepMs) * stepMs;
  const version = book.version;
  fold(book, history, smaller({ seq: Number.POSITIVE_INFINITY, time: moment }, end));
  return book.version > version;
}

function fold(book: SymbolBook, history: StreamHistory, { seq, time }: Bounds): void {
  if (book.version >= seq) return;
  for (const batch of history.batches(book.version, 2)) {
    const most = Math.min(batch.count, seq - book.version);
    let rows = 0;
    while (rows < most && batch.time[rows]! <= time) rows++;
    if (rows > 0) evolveSymbol(book, sliceBatch(batch, 0, rows));
    if (rows < batch.count) return;
  }
}

function stateOf(book: SymbolBook, history: StreamHistory, job: ReplayJob, end: Bounds): ReplayStep['state'] {
  const next = history.timeOf(book.version);
  if (job.to !== null && (book.version >= end.seq || (next !== null && next > end.time))) return 'ended';
  return next === null ? 'caught_up' : 'under_way';
}

function pictureOf(book: SymbolBook, job: ReplayJob): NonNullable<ReplayStep['picture']> {
  const view = viewOf(book, job.venue);
  const columns = new Float64Array(windowColumnsLength(view, job.range));
  const window = copyWindow(view, job.range, columns);
  const levels = levelsOfWindow({ ...window, columns });
  const facts = pictureFacts(view, job.name, job.epoch, job.timestamp, job.before);
  const frame = snapshotFrame(facts, levels);
  const deflated = job.isDeflated ? deflatedFrame(frame.bytes) : null;
  return {
    facts,
    sides: sideScales(view),
    rendered: { ...frame, levels, deflated },
  };
}

function isShowable(book: SymbolBook, { venue }: ReplayJob): boolean {
  return !Number.isNaN(viewOf(book, venue).price);
}

function boundsOf(point: ReplayPoint | null): Bounds {
  const anything = Number.POSITIVE_INFINITY;
  if (point === null) return { seq: anything, time: anything };
  return 'seq' in point ? { seq: point.seq, time: anything } : { seq: anything, time: point.time };
}

function smaller(a: Bounds, b: Bounds): Bounds {
  return { seq: Math.min(a.seq, b.seq), time: Math.min(a.time, b.time) };
}
