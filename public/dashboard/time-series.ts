/** The past as the server tells it, put together from what changed from moment to moment. */
import { applied, type Level } from '../js/websocket-client.mjs';
import { ask } from './credential.ts';

export interface Column {
  /** End of its interval, ms since 1970. */
  readonly time: number;
  readonly seq: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly levels: readonly Level[];
}

export interface SeriesMeta {
  readonly epoch: string;
  readonly source: string;
  readonly simulated: boolean;
  readonly interval_seconds: number;
  readonly level_step?: number;
  readonly price_bin_size?: number;
  readonly assumptions?: readonly string[];
  readonly observed_share?: number | null;
}

export interface Series {
  readonly columns: Column[];
  readonly meta: SeriesMeta;
}

/** @throws {Error} with what the server said. */
export async function fetchSeries(parameters: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Series> {
  const query = new URLSearchParams({ ...parameters, mode: 'delta' });
  const response = await ask(`/liquidations/heatmap-timeseries?${query}`, signal === undefined ? {} : { signal });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  let levels: Level[] = [];
  const columns: Column[] = [];
  for (const item of answer.data) {
    levels = item.scale === undefined ? item.levels : (applied(levels, item) ?? []);
    columns.push({
      time: Date.parse(item.timestamp),
      seq: item.seq,
      open: item.open,
      high: item.high,
      low: item.low,
      close: item.current_price,
      levels,
    });
  }
  return { columns, meta: answer.meta };
}

/** Longs go down to their bin and shorts up, as on the server, so that none crosses the price. */
export function binned(levels: readonly Level[], binSize: number): Level[] {
  const bins = new Map<number, Level>();
  const bin = (number: number): Level => {
    let found = bins.get(number);
    if (found === undefined) {
      found = { price: number * binSize, long_density: 0, short_density: 0 };
      bins.set(number, found);
    }
    return found;
  };
  const nearly = 1e-9;
  for (const { price, long_density, short_density } of levels) {
    const place = price / binSize;
    if (long_density > 0) bin(Math.floor(place + nearly)).long_density += long_density;
    if (short_density > 0) bin(Math.ceil(place - nearly)).short_density += short_density;
  }
  return [...bins.values()].sort((a, b) => a.price - b.price);
}
