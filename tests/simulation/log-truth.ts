/** What pictures of a stream must show: its events folded one after another from the first one, without checkpoints or actors. */

import { MemoryEventLog, type MemoryStore } from '../../src/log/memory-event-log.ts';
import { type Book, evolve, initialBook } from '../../src/market/book.ts';
import { copyWindow, levelsOfWindow, windowColumnsLength } from '../../src/market/book-window.ts';
import { sliceBatch } from '../../src/market/event-batch.ts';
import { levelPrice } from '../../src/market/price-grid.ts';
import { viewOfBook } from '../../src/market/symbol-book.ts';
import { checksumOf, type Row } from '../support/delta-client.ts';
import { streamOf } from './simulated-config.ts';

export interface Truth {
  readonly rows: readonly Row[];
  readonly checksum: number;
  readonly price: number;
  readonly marketTime: number;
  readonly createdTotal: number;
  readonly consumedTotal: number;
}

export interface StreamTruth {
  /** Events of the stream. */
  readonly version: number;
  readonly at: ReadonlyMap<number, Truth>;
}

/** @param range share of the price that pictures show; @param seqs for which the truth is wanted, beside the last one. */
export async function truthOf(
  store: MemoryStore,
  symbol: string,
  range: number,
  seqs: Iterable<number>,
): Promise<StreamTruth> {
  const stream = streamOf(symbol);
  const log = new MemoryEventLog(store);
  const { version } = await log.openStream(stream, 'never');
  const wanted = [...new Set([...seqs, version])].filter((seq) => seq <= version).sort((a, b) => a - b);
  const at = new Map<number, Truth>();
  const book = initialBook(symbol);
  const take = () => {
    while (wanted[0] === book.version) at.set(wanted.shift()!, truthIn(book, range));
  };
  take();
  for await (const { batch } of log.read(stream, 0)) {
    for (let from = 0; from < batch.count; ) {
      const next = Math.min(batch.count, from + (wanted[0] ?? Number.POSITIVE_INFINITY) - book.version);
      evolve(book, sliceBatch(batch, from, next));
      from = next;
      take();
    }
  }
  return { version, at };
}

function truthIn(book: Book, range: number): Truth {
  const totals = {
    createdTotal: book.long.created + book.short.created,
    consumedTotal: book.long.consumed + book.short.consumed,
  };
  const { price, time: marketTime, levelStep } = book;
  if (levelStep === null) return { rows: [], checksum: 0, price, marketTime, ...totals };
  const columns = new Float64Array(windowColumnsLength(viewOfBook(book), range));
  const levels = levelsOfWindow({ ...copyWindow(viewOfBook(book), range, columns), columns });
  const rows = Array.from({ length: levels.count }, (_, i): Row => {
    return [levelPrice(levelStep, levels.number[i]!), levels.longDensity[i]!, levels.shortDensity[i]!];
  });
  return { rows, checksum: checksumOf(rows), price, marketTime, ...totals };
}
