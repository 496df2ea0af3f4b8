/** The worker's side of questions about the past: fold from the nearest checkpoint, stop at each moment, write what the book showed. */
import { assumptionsOf, observedShare } from '../market/assumptions.ts';
import { cellCountOf, levelColumns, sideScales } from '../market/book-window.ts';
import { coarseLevels } from '../market/coarse-levels.ts';
import { type Column, ColumnFold } from '../market/column-fold.ts';
import { LevelSums } from '../market/level-sums.ts';
import { levelPrice, levelRoom } from '../market/price-grid.ts';
import type { BookView } from '../market/symbol-book.ts';
import { type HistoryColumn, historyColumn } from '../protocol/history-column.ts';
import { ascii } from '../protocol/json-bytes.ts';
import { lowerThreadPriority } from './background-priority.ts';
import type { HistoryJob, HistoryOutcome } from './history-job.ts';
import { PieceWriter } from './piece-writer.ts';
import { StreamHistory } from './stream-history.ts';

lowerThreadPriority();

const comma = ascii(',');

export default function answerHistory(job: HistoryJob): HistoryOutcome {
  const { startMs, endMs, intervalMs, version } = job;
  const cancelled = new Int32Array(job.cancelled);
  const writer = new PieceWriter((piece) => job.port.postMessage(piece));
  try {
    const history = new StreamHistory(job.directory, job.stream, job.symbol, version);
    const book = history.bookBefore(({ time }) => time <= startMs - intervalMs);
    const columns = new ColumnWriter(job, writer);
    writer.add(ascii('{"data":['));
    const moments = { startMs, endMs, intervalMs };
    const fold = new ColumnFold(book, job.venue, moments, (column, view) => columns.add(column, view));
    for (const batch of history.batches(book.version)) {
      if (Atomics.load(cancelled, 0) !== 0) break;
      fold.take(batch);
      if (writer.bytes > job.maxBytes) return { outcome: 'too_large' };
      if (fold.isDone) break;
    }
    writer.add(ascii(`],"meta":${JSON.stringify({ ...job.meta, ...columns.meta() })}}\n`));
    return { outcome: 'answered', pieces: writer.finish() };
  } finally {
    job.port.close();
  }
}

class ColumnWriter {
  readonly #job: HistoryJob;
  readonly #writer: PieceWriter;
  readonly #sums: LevelSums;
  /** Two, taken in turns: the column before is compared with. */
  #rooms = [levelColumns(0), levelColumns(0)];
  #before: HistoryColumn | null = null;
  #first: HistoryColumn | null = null;
  #count = 0;
  #facts: Readonly<Record<string, unknown>> = {};

  constructor(job: HistoryJob, writer: PieceWriter) {
    this.#job = job;
    this.#writer = writer;
    this.#sums = new LevelSums(job.bands);
  }

  add(column: Column, view: BookView): void {
    const shown = this.#shown(column, view);
    if (this.#count++ > 0) this.#writer.add(comma);
    this.#writer.add(historyColumn(shown, this.#job.mode === 'delta' ? this.#before : null));
    this.#first ??= shown;
    this.#before = shown;
    if (column.time === this.#job.endMs || this.#count === 1) this.#noteFacts(view);
  }

  meta(): Record<string, unknown> {
    const { intervalMs } = this.#job;
    const moment = (column: HistoryColumn | null) => (column === null ? null : new Date(column.time).toISOString());
    return {
      columns: this.#count,
      first: moment(this.#first),
      last: moment(this.#before),
      interval_seconds: intervalMs / 1000,
      seq: this.#before?.seq ?? 0,
      ...this.#facts,
    };
  }

  #shown(column: Column, view: BookView): HistoryColumn {
    const { range, levelsPerBin } = this.#job;
    const room = levelRoom(cellCountOf(view.books));
    const turn = this.#count % 2;
    if (this.#rooms[turn]!.number.length < room) this.#rooms[turn] = levelColumns(room * 2);
    const levelStep = view.levelStep!;
    return {
      ...column,
      seq: view.version,
      close: view.price,
      step: { mantissa: levelStep.mantissa * levelsPerBin, exponent: levelStep.exponent },
      levels: coarseLevels(this.#sums.levels(view, range, this.#rooms[turn]!), levelsPerBin),
      sides: sideScales(view),
    };
  }

  /** Of the book as the answer leaves it, or at its first column if the events end before. */
  #noteFacts(view: BookView): void {
    this.#facts = {
      level_step: levelPrice(view.levelStep!, 1),
      price_bin_size: levelPrice(view.levelStep!, this.#job.levelsPerBin),
      observed_share: observedShare(view.books),
      assumptions: assumptionsOf(view.books),
    };
  }
}
