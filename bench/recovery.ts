/**
 * How soon a server is back, and what that costs while it runs: 10 million events of one symbol (`--quick`: 500,000) in batches of 512,
 * as the server writes them; beside LMDB with an entry a batch and SQLite with a row an event, behind the same port, with the same
 * events, taking turns. Every book that comes back is compared with the fold of the same events in memory.
 *
 * Append: all acknowledge only what the disk has (WAL with `synchronous=FULL`; LMDB without overlapping sync). The logs grow side by
 * side, a twentieth (`--quick`: a fifth) at a turn, of which the first does not count: that of one symbol which waits for each
 * acknowledgement, as the server's do, and that of eight, whose appends may share a sync. The limit is what the disk does with the bytes.
 * Replay: `foldStream` over the one symbol's log, just opened and without a checkpoint. All were read before, and so lie in the page
 * cache. The limit is the fold alone.
 * Start: the real `src/main.ts` from the birth of its process to its `ready` line, with all events in its log and as many of them behind
 * the checkpoint as a crash leaves at most; the rivals' is the same server on their log. Its source is recorded candles: a file of one,
 * which the log has.
 */
import type { BenchTable } from './bench-table.ts';
import { appendTables } from './recovery/append-tables.ts';
import { dataDirectory } from './recovery/data-directory.ts';
import { marketBatches } from './recovery/market.ts';
import { recoveryTables } from './recovery/recovery-tables.ts';
import { stores } from './recovery/stores.ts';

export async function run({ quick }: { quick: boolean }): Promise<BenchTable[]> {
  const market = marketBatches(quick ? 500_000 : 10_000_000);
  const bench = { market, ...stores(), directory: dataDirectory(), isQuick: quick };
  return [...(await appendTables(bench)), ...(await recoveryTables(bench))];
}
