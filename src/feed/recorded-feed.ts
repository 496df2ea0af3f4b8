/**
 * Recorded candles or frames of any number of symbols, merged by time and played at a speed.
 *
 * The pace counts from the first candle that is given out, on an injected clock, so that lateness does not add up. After a restart
 * the candles that the log already has are passed over and the pace counts from the next one.
 */
import type { Observation, SymbolObservation } from '../market/event.ts';
import { readCandleFile } from './candle-file.ts';
import type { Feed, ResumePoint } from './feed.ts';
import { type FeedClock, waitUntil } from './pace.ts';
import { readFrameFile } from './venues/frame-file.ts';
import { frameFileEnding } from './venues/frame-record.ts';

export interface RecordedFeedOptions {
  /** Path by symbol. */
  readonly files: ReadonlyMap<string, string>;
  /** 1 is real time, 600 ten minutes a second, 0 as fast as it is taken. */
  readonly speed: number;
  readonly clock: FeedClock;
}

/** Observations handed over at once when nothing is waited for. */
const fastChunk = 512;

export function createRecordedFeed({ files, speed, clock }: RecordedFeedOptions): Feed {
  return {
    name: 'recorded',
    simulated: false,
    tellsGaps: [...files.values()].some(isFrameFile),
    async *observations(resume, signal) {
      let chunk: SymbolObservation[] = [];
      let chunkTime = 0;
      let start: { readonly marketTime: number; readonly at: number } | null = null;
      let failure: unknown = null;
      try {
        for await (const { symbol, time, observations } of mergeByTime(files, resume, signal)) {
          const isFull = speed === 0 ? chunk.length >= fastChunk : time > chunkTime;
          if (chunk.length > 0 && isFull) {
            yield chunk;
            chunk = [];
          }
          if (speed > 0 && time > chunkTime) {
            start ??= { marketTime: time, at: clock.now() };
            await waitUntil(clock, start.at + (time - start.marketTime) / speed, signal);
          }
          if (signal.aborted) return;
          chunkTime = time;
          for (const observation of observations) chunk.push({ symbol, observation });
        }
      } catch (error) {
        failure = error;
      }
      if (signal.aborted) return;
      // What came before a bad line stays.
      if (chunk.length > 0) yield chunk;
      if (failure !== null) throw failure;
    },
  };
}

function isFrameFile(path: string): boolean {
  return path.endsWith(frameFileEnding);
}

interface Moment {
  readonly symbol: string;
  /** When the last of the observations is known, in ms. */
  readonly time: number;
  readonly observations: readonly Observation[];
}

/** The symbols' candles in the order of their closes; at the same time in the order of the files. */
async function* mergeByTime(
  files: ReadonlyMap<string, string>,
  resume: ReadonlyMap<string, ResumePoint>,
  signal: AbortSignal,
): AsyncGenerator<Moment> {
  const sources = [...files].map(([symbol, path]) => newMoments(symbol, path, resume.get(symbol), signal));
  try {
    const heads = await Promise.all(sources.map((source) => source.next()));
    for (;;) {
      let earliest = -1;
      for (const [i, head] of heads.entries()) {
        if (head.done === true) continue;
        const best = earliest === -1 ? undefined : heads[earliest]!;
        if (best === undefined || head.value.time < (best.value as Moment).time) earliest = i;
      }
      if (earliest === -1) return;
      yield heads[earliest]!.value as Moment;
      heads[earliest] = await sources[earliest]!.next();
    }
  } finally {
    for (const source of sources) await source.return(undefined);
  }
}

/** What the log does not have yet. There may be years to pass over, so an abort ends that too. */
async function* newMoments(
  symbol: string,
  path: string,
  resume: ResumePoint | undefined,
  signal: AbortSignal,
): AsyncGenerator<Moment> {
  const moments = isFrameFile(path) ? readFrameFile(path, symbol) : readCandleFile(path);
  for await (const moment of moments) {
    if (signal.aborted) return;
    const observations = moment.filter(({ kind, id }) => !(id <= (resume?.lastIds[kind] ?? -1)));
    const last = observations.at(-1);
    if (last !== undefined) yield { symbol, time: last.time, observations };
  }
}
