/** Counts of a thread's clients by symbol, for metrics: an addition each. */
import { type Verdict, verdictName } from '../actors/limits.ts';
import type { RefusalCause } from '../server/upgrade-request.ts';
import type { ClientTotals } from './client-side.ts';

export class ClientCounts {
  readonly #sent = new Map<string, { count: number }>();
  readonly #slow = new Map<string, { count: number }>();
  readonly #refused = new Map<string, { count: number }>();
  readonly #verdicts = new Map<string, { count: number }>();

  frameSent(symbol: string): void {
    count(this.#sent, symbol);
  }

  becameSlow(symbols: Iterable<string>): void {
    for (const symbol of symbols) count(this.#slow, symbol);
  }

  refused(status: number, cause: RefusalCause): void {
    count(this.#refused, `${status} ${cause}`);
  }

  judged(verdict: Verdict): void {
    const name = verdictName(verdict);
    if (name !== null) count(this.#verdicts, name);
  }

  totals(): Pick<ClientTotals, 'sentBySymbol' | 'slowBySymbol' | 'refusals' | 'verdicts'> {
    return {
      sentBySymbol: recordOf(this.#sent),
      slowBySymbol: recordOf(this.#slow),
      refusals: recordOf(this.#refused),
      verdicts: recordOf(this.#verdicts),
    };
  }
}

/** A box is changed in place: no hash of a new number is ever needed. */
function count(counts: Map<string, { count: number }>, key: string): void {
  const known = counts.get(key);
  if (known === undefined) counts.set(key, { count: 1 });
  else known.count++;
}

function recordOf(counts: ReadonlyMap<string, { readonly count: number }>): Record<string, number> {
  return Object.fromEntries([...counts].map(([key, { count: total }]) => [key, total]));
}
