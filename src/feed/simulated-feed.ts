/**
 * Simulated markets as a feed. Nothing in it was measured, and it says so (`simulated`).
 *
 * A new stream begins `historyMs` ago; that past is given out as fast as it is taken, then the market goes on second by second. Since
 * a market follows from its seed, symbol and start alone, a restart makes it again from the stream's first time and gives out what
 * the log does not have: nothing is missing, not even of the time the server was down.
 */
import { setImmediate } from 'node:timers/promises';
import type { Observation, SymbolObservation } from '../market/event.ts';
import type { Feed, ResumePoint } from './feed.ts';
import { type FeedClock, waitUntil } from './pace.ts';
import { SimulatedMarket, stepMs } from './simulated-market.ts';

export interface SimulatedFeedOptions {
  readonly symbols: readonly string[];
  readonly seed: number;
  /** Age of a new stream's first event in ms. */
  readonly historyMs: number;
  readonly clock: FeedClock;
}

/** Observations handed over at once while there is history to catch up with. */
const historyChunk = 1024;
/** Steps made without giving anything out before others get their turn. */
const quietSteps = 2000;

interface Source {
  readonly symbol: string;
  readonly market: SimulatedMarket;
  readonly resume: ResumePoint | undefined;
  isOpened: boolean;
}

export function createSimulatedFeed({ symbols, seed, historyMs, clock }: SimulatedFeedOptions): Feed {
  return {
    name: 'simulated',
    simulated: true,
    async *observations(resume, signal) {
      const newStart = toSecond(clock.now() - historyMs);
      const sources = symbols.map((symbol): Source => {
        const point = resume.get(symbol);
        const market = new SimulatedMarket(symbol, seed, point === undefined ? newStart : toSecond(point.firstTime));
        return { symbol, market, resume: point, isOpened: false };
      });
      let chunk: SymbolObservation[] = [];
      let quiet = 0;
      while (!signal.aborted) {
        const next = earliest(sources);
        const due = next.isOpened ? next.market.time + stepMs : next.market.time;
        const isAhead = due > clock.now();
        if (chunk.length >= historyChunk || (isAhead && chunk.length > 0)) {
          yield chunk;
          chunk = [];
          quiet = 0;
          continue;
        }
        if (isAhead) {
          await waitUntil(clock, due, signal);
          continue;
        }
        for (const observation of advance(next)) {
          if (isNew(observation, next.resume)) chunk.push({ symbol: next.symbol, observation });
        }
        if (++quiet % quietSteps === 0) await setImmediate();
      }
    },
  };
}

function advance(source: Source): Observation[] {
  if (source.isOpened) return source.market.step();
  source.isOpened = true;
  return source.market.opening();
}

/** The source that is farthest behind; of equals the first. */
function earliest(sources: readonly Source[]): Source {
  const dueOf = ({ market, isOpened }: Source) => market.time + (isOpened ? stepMs : 0);
  return sources.reduce((best, source) => (dueOf(source) < dueOf(best) ? source : best));
}

function isNew({ kind, id }: Observation, resume: ResumePoint | undefined): boolean {
  return !(id <= (resume?.lastIds[kind] ?? -1));
}

function toSecond(time: number): number {
  return Math.floor(time / stepMs) * stepMs;
}
