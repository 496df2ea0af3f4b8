/**
 * Public market data of venues as a feed: every venue and symbol is a stream of its own, named `venue:SYMBOL`. Nothing is given out
 * before it can stand in its order, and what the venue did not tell is given out as a gap.
 */
import type { SymbolObservation } from '../../market/event.ts';
import type { Feed, ResumePoint } from '../feed.ts';
import { type FeedClock, waitUntil } from '../pace.ts';
import type { VenueDesk } from './venue-desk.ts';

export interface LiveFeedOptions {
  readonly clock: FeedClock;
  /** Makes the desks; called when the feed is read, with what the log has by symbol of each venue. */
  readonly openDesks: (resume: (venue: string) => ReadonlyMap<string, ResumePoint>) => readonly VenueDesk[];
}

/** Between two looks at what may go on. */
const takeEveryMs = 20;

export function streamName(venue: string, symbol: string): string {
  return `${venue}:${symbol}`;
}

export function createLiveFeed({ clock, openDesks }: LiveFeedOptions): Feed {
  return {
    name: 'live',
    simulated: false,
    tellsGaps: true,
    async *observations(resume, signal) {
      const desks = openDesks((venue) => resumeOf(venue, resume));
      for (const desk of desks) desk.start();
      try {
        while (!signal.aborted) {
          const chunk: SymbolObservation[] = [];
          const now = clock.now();
          for (const desk of desks) {
            desk.take(now, (symbol, observation) => chunk.push({ symbol: streamName(desk.name, symbol), observation }));
          }
          if (chunk.length > 0) {
            const oldest = oldestOf(desks, chunk);
            yield chunk;
            // The next chunk is asked for when this one was committed.
            for (const [desk, time] of oldest) desk.quality.committed(time, clock.now());
          }
          await waitUntil(clock, now + takeEveryMs, signal);
        }
      } finally {
        for (const desk of desks) desk.stop();
      }
    },
  };
}

function resumeOf(venue: string, resume: ReadonlyMap<string, ResumePoint>): ReadonlyMap<string, ResumePoint> {
  const prefix = streamName(venue, '');
  const own = [...resume].filter(([name]) => name.startsWith(prefix));
  return new Map(own.map(([name, point]) => [name.slice(prefix.length), point]));
}

/** Of each desk, the exchange time of its oldest streamed trade in the chunk: what waited longest. */
function oldestOf(desks: readonly VenueDesk[], chunk: readonly SymbolObservation[]): Map<VenueDesk, number> {
  const byPrefix = new Map(desks.map((desk) => [desk.name as string, desk]));
  const oldest = new Map<VenueDesk, number>();
  for (const { symbol, observation } of chunk) {
    const desk = byPrefix.get(symbol.slice(0, symbol.indexOf(':')));
    if (desk === undefined || observation.kind === 'gap_detected') continue;
    oldest.set(desk, Math.min(oldest.get(desk) ?? Number.POSITIVE_INFINITY, observation.time));
  }
  return oldest;
}
