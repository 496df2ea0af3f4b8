/** The newest picture of a symbol over plain HTTP, for when there is no socket. */
import type { SnapshotMessage } from './messages.ts';

/** @param url of the stream. @param token of the access control, if there is one. @returns null when there is none to be had. */
export async function latestPicture(url: string, symbol: string, token?: string): Promise<SnapshotMessage | null> {
  const { protocol, host } = new URL(url);
  const origin = `${protocol === 'wss:' ? 'https:' : 'http:'}//${host}`;
  const query = `symbol=${encodeURIComponent(symbol)}&interval=1m&limit=1`;
  const response = await fetch(`${origin}/liquidations/heatmap-timeseries?${query}`, {
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
  });
  if (!response.ok) return null;
  const { data, meta } = await response.json();
  const [column] = data;
  if (column === undefined) return null;
  const { timestamp, seq, checksum, levels, ...shown } = column;
  const { epoch } = meta;
  return {
    type: 'snapshot',
    symbol,
    timestamp,
    epoch,
    seq,
    market_time: timestamp,
    checksum,
    data: { levels, ...shown },
  };
}
