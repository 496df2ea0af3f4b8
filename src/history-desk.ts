/**
 * Questions about the past, made exact before they are handed to a worker: the range cut to whole intervals that are over, the limits
 * kept, the answer named.
 *
 * A moment is over when the book has an event of a later one. So what is asked of now is answered up to the last moment that is over,
 * the same for all who ask within an interval, and every answer is final.
 */
import { createHash } from 'node:crypto';
import { type Pictured, picturedBy, pictureName } from './market/picture-name.ts';
import { type LevelStep, levelPrice } from './market/price-grid.ts';
import type { VenueName } from './market/venues.ts';
import type { Past } from './past.ts';
import { type HistoryInterval, type HistoryQuery, historyIntervals, leverageNames } from './protocol/history-query.ts';
import { invalidSymbol, unknownVenue } from './protocol/server-message.ts';
import type { HistoryRefusal, HistoryView } from './server/history-view.ts';
import { HistoryTooLarge } from './workers/history-job.ts';
import type { HistoryPool, HistoryQuestion } from './workers/history-pool.ts';
import { TaskRefused } from './workers/task-pool.ts';

export interface HistoryDeskOptions {
  readonly symbols: readonly string[];
  readonly venues: readonly VenueName[];
  readonly pool: HistoryPool;
  readonly directory: string;
  readonly pastOf: (symbol: string) => Past | null;
  readonly range: number;
  readonly maxBytes: number;
  readonly retryAfterSeconds: number;
  readonly source: { readonly name: string; readonly simulated: boolean };
  /** Of this program: another one may write the same picture otherwise. */
  readonly version: string;
}

const defaultRangeMs = 24 * 3_600_000;
/** Bytes that a level takes in an answer, measured, rounded up. */
const bytesPerLevel = { snapshot: 64, delta: 8 } as const;

export class HistoryDesk {
  readonly #options: HistoryDeskOptions;

  constructor(options: HistoryDeskOptions) {
    this.#options = options;
  }

  view(query: HistoryQuery): HistoryView {
    const { symbols, venues, pastOf, retryAfterSeconds } = this.#options;
    const pictured =
      query.venue === undefined ? picturedBy(query.symbol) : { symbol: query.symbol, venue: query.venue };
    const { symbol, venue } = pictured;
    if (venue !== null && !venues.includes(venue))
      return refusal(400, 'INVALID_PARAMETER', unknownVenue(venue, venues));
    if (!symbols.includes(symbol)) {
      const { code, message } = invalidSymbol(symbol, symbols);
      return refusal(400, code, message);
    }
    const past = pastOf(symbol);
    if (past === null) {
      return refusal(503, 'NOT_READY', `There is nothing of ${symbol} yet. Try again later.`, retryAfterSeconds);
    }
    const levelsPerBin = binOf(query.price_bin_size, past.levelStep);
    if (typeof levelsPerBin === 'string') return refusal(400, 'INVALID_PARAMETER', levelsPerBin);
    const moments = momentsOf(query, past.time);
    const tooLarge = this.#tooLarge(query, moments, past, levelsPerBin);
    if (tooLarge !== null) return refusal(413, 'TOO_LARGE', tooLarge);
    const isOver = query.end_time !== undefined && query.end_time < past.time;
    return this.#answer(query, pictured, moments, levelsPerBin, past, isOver);
  }

  #answer(
    query: HistoryQuery,
    { symbol, venue }: Pictured,
    moments: Moments,
    levelsPerBin: number,
    past: Past,
    isOver: boolean,
  ): HistoryView {
    const { directory, range, maxBytes, pool, source, version } = this.#options;
    const { mode, leverage: bands, interval } = query;
    const { stream, epoch } = past;
    const identity = { ...moments, stream, venue, epoch, range, levelsPerBin, bands, mode, version };
    const key = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
    const meta = {
      symbol: pictureName({ symbol, venue }),
      ...(venue !== null && { venue }),
      epoch,
      source: source.name,
      simulated: source.simulated,
      mode,
      interval,
      leverage: leverageNames(bands),
      start_time: new Date(moments.startMs).toISOString(),
      end_time: new Date(moments.endMs).toISOString(),
    };
    const question: HistoryQuestion = {
      directory,
      stream,
      symbol,
      venue,
      version: past.version,
      ...moments,
      range,
      levelsPerBin,
      bands,
      mode,
      maxBytes,
      meta,
    };
    return { outcome: 'answer', etag: `"${key}"`, isOver, read: () => this.#read(key, question, pool) };
  }

  async #read(
    key: string,
    question: HistoryQuestion,
    pool: HistoryPool,
  ): Promise<AsyncIterable<Uint8Array> | HistoryRefusal> {
    try {
      const answer = pool.ask(key, question);
      const pieces = answer.read();
      await answer.begun();
      return pieces;
    } catch (error) {
      if (error instanceof TaskRefused) {
        const what = `Too much is asked of the past at the moment: ${error.message}. Try again later.`;
        return refusal(503, 'OVERLOADED', what, this.#options.retryAfterSeconds);
      }
      if (error instanceof HistoryTooLarge) {
        return refusal(413, 'TOO_LARGE', `Too much: ${error.message}. Ask for a longer interval or a shorter range.`);
      }
      throw error;
    }
  }

  /** @returns what to ask for instead; null: it is not too large. */
  #tooLarge(query: HistoryQuery, moments: Moments, past: Past, levelsPerBin: number): string | null {
    const { range, maxBytes } = this.#options;
    const levels = Math.ceil((2 * range * past.price) / levelPrice(past.levelStep, 1)) + 1;
    const bytesOf = (intervalMs: number, bin: number) =>
      (rangeOf(moments) / intervalMs + 1) * Math.ceil(levels / bin) * bytesPerLevel[query.mode];
    const bytes = bytesOf(moments.intervalMs, levelsPerBin);
    if (bytes <= maxBytes) return null;
    const columns = Math.floor(rangeOf(moments) / moments.intervalMs) + 1;
    const longer = intervals.find(([, ms]) => ms > moments.intervalMs && bytesOf(ms, levelsPerBin) <= maxBytes);
    const coarser = levelPrice(past.levelStep, levelsPerBin * Math.ceil(bytes / maxBytes));
    const remedies = [
      ...(query.mode === 'snapshot' ? ['mode=delta'] : []),
      ...(longer === undefined ? [] : [`interval=${longer[0]}`]),
      `price_bin_size=${coarser}`,
      'a shorter range',
    ];
    const size = `${columns} moments of ${Math.ceil(levels / levelsPerBin)} levels would be about ${megabytes(bytes)} MB`;
    return `${size}, and at most ${megabytes(maxBytes)} MB are answered. Ask for ${remedies.join(', or ')}.`;
  }
}

interface Moments {
  readonly startMs: number;
  readonly endMs: number;
  readonly intervalMs: number;
}

const intervals = Object.entries(historyIntervals) as [HistoryInterval, number][];

/** The whole intervals in the range that are over at `bookTime`; none when the end lies before the start. */
function momentsOf({ start_time, end_time, interval, limit }: HistoryQuery, bookTime: number): Moments {
  const intervalMs = historyIntervals[interval];
  const lastOver = Math.ceil(bookTime / intervalMs) * intervalMs - intervalMs;
  const endMs = Math.min(Math.floor((end_time ?? bookTime) / intervalMs) * intervalMs, lastOver);
  const startMs = Math.ceil((start_time ?? endMs - defaultRangeMs) / intervalMs) * intervalMs;
  const limitedMs = limit === undefined ? startMs : endMs - (limit - 1) * intervalMs;
  return { startMs: Math.max(startMs, limitedMs, 0), endMs, intervalMs };
}

function rangeOf({ startMs, endMs }: Moments): number {
  return Math.max(endMs - startMs, 0);
}

/** @returns how many levels make a bin; a text: what is wrong with the size. */
function binOf(size: number | undefined, step: LevelStep): number | string {
  if (size === undefined) return 1;
  const levelStep = levelPrice(step, 1);
  const bins = Math.round(size / levelStep);
  if (bins >= 1 && Math.abs(size / levelStep - bins) < 1e-9 * bins) return bins;
  const lower = levelPrice(step, Math.max(Math.floor(size / levelStep), 1));
  const upper = levelPrice(step, Math.max(Math.floor(size / levelStep), 1) + 1);
  return `Parameter 'price_bin_size' must be a multiple of ${levelStep}, such as ${lower} or ${upper}, not '${size}'.`;
}

function refusal(status: number, code: string, message: string, retryAfterSeconds?: number): HistoryRefusal {
  return { outcome: 'refused', status, code, message, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toPrecision(3);
}
