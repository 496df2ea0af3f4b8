/**
 * The way of the first event of a picture, from the source to the first client, as spans: one for the whole and one for each stage. They
 * touch each other, so what they take sums to the whole.
 */
import type { FoldTimes, PictureTimes } from '../actors/symbol-options.ts';

export interface Journey {
  readonly symbol: string;
  readonly epoch: string;
  readonly fold: FoldTimes;
  readonly picture: PictureTimes;
  /** Events that the picture shows. */
  readonly seq: number;
  readonly clients: number;
  /** When the first client of this thread was written to, in ms; null: none was due, or all are other threads'. */
  readonly writtenAt: number | null;
}

/** Times in ms since 1970. */
export interface JourneySpan {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly attributes: Readonly<Record<string, string | number>>;
}

export interface JourneySpans {
  readonly whole: JourneySpan;
  readonly stages: readonly JourneySpan[];
}

export function journeySpans({ symbol, epoch, fold, picture, seq, clients, writtenAt }: Journey): JourneySpans {
  const { observedAt, appendedAt, committedAt, foldedAt, position, events, marketTime } = fold;
  const { startedAt, renderedAt, settledAt } = picture;
  const stages: JourneySpan[] = [
    { name: 'decide', from: observedAt, to: appendedAt, attributes: { events } },
    { name: 'commit', from: appendedAt, to: committedAt, attributes: { 'log.position': position } },
    { name: 'fold', from: committedAt, to: foldedAt, attributes: { seq: fold.seq } },
    { name: 'wait for tick', from: foldedAt, to: startedAt, attributes: {} },
    { name: 'picture', from: startedAt, to: renderedAt, attributes: { seq } },
    { name: 'hand out', from: renderedAt, to: settledAt, attributes: { clients } },
  ];
  if (writtenAt !== null) stages.push({ name: 'first write', from: settledAt, to: writtenAt, attributes: {} });
  const attributes = { symbol, epoch, seq, 'market.time': new Date(marketTime).toISOString() };
  return { whole: { name: 'market event', from: observedAt, to: writtenAt ?? settledAt, attributes }, stages };
}
