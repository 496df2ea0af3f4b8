/** What a message about a picture says beside its levels; the same in a snapshot and in a delta. */
import type { LevelStep } from '../market/price-grid.ts';

export interface PictureFacts {
  readonly symbol: string;
  readonly epoch: string;
  readonly seq: number;
  /** Wall clock of the picture and exchange time of the newest event in it, ms since 1970. */
  readonly timestamp: number;
  readonly marketTime: number;
  /** USD. */
  readonly currentPrice: number;
  /** Cohorts since the picture before, and since the epoch began. */
  readonly created: number;
  readonly consumed: number;
  readonly createdTotal: number;
  readonly consumedTotal: number;
  readonly levelStep: LevelStep;
  /** The log cannot be written to: there is more in the market than this shows. */
  readonly isStale?: boolean;
}

/** Up to and with the opening of `data`. */
export function pictureHead(
  type: 'snapshot' | 'delta',
  facts: PictureFacts,
  extra: Readonly<Record<string, number>>,
): string {
  const { symbol, epoch, seq } = facts;
  const timestamp = new Date(facts.timestamp).toISOString();
  const market_time = new Date(facts.marketTime).toISOString();
  const head = JSON.stringify({ type, symbol, timestamp, epoch, seq, ...extra, market_time });
  return `${head.slice(0, -1)},"data":{`;
}

/** What of `data` is seen, beside the levels. */
export function pictureShown({ currentPrice, createdTotal, consumedTotal }: PictureFacts): string {
  return (
    `,"current_price":${currentPrice},"positions_created_total":${createdTotal}` +
    `,"positions_consumed_total":${consumedTotal}`
  );
}

/** From there to the end. */
export function pictureTail({ created, consumed, isStale }: PictureFacts, checksum: number): string {
  const stale = isStale === true ? ',"stale":true' : '';
  return `,"positions_created":${created},"positions_consumed":${consumed}},"checksum":${checksum}${stale}}`;
}
