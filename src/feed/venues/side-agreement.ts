/**
 * Whether two venues agree on who is buying. Takers of one market push the same way on every venue, so a decoder that has its sides
 * inverted disagrees in nearly every minute where one side clearly dominates. Compared minute by minute and symbol by symbol, by the
 * exchange's time.
 */
import type { SymbolObservation } from '../../market/event.ts';

export interface Agreement {
  readonly venues: readonly [string, string];
  /** Minutes compared, of the newest `comparedMinutes`. */
  readonly minutes: number;
  /** 0–1; `null` before the first. */
  readonly share: number | null;
  /** Enough minutes were compared, and hardly any agreed. */
  readonly isAlarming: boolean;
}

const minuteMs = 60_000;
/** A side dominates when it has this much more than the other, as a share of both. */
const clearImbalance = 0.1;
/** Comparisons that count; independent venues agree in half of them, and 20 of 60 by chance once in 140 times. */
const comparedMinutes = 60;
const enoughMinutes = 30;
const alarmShare = 1 / 3;

interface Minute {
  bought: number;
  sold: number;
}

export class SideAgreement {
  readonly #venues: readonly string[];
  /** By symbol and minute, a side per venue. */
  readonly #open = new Map<string, Map<number, Minute[]>>();
  readonly #compared = new Map<string, boolean[]>();

  constructor(venues: readonly string[]) {
    this.#venues = venues;
  }

  /** A minute is compared when the symbol's third after it begins, so that both venues have told all of it. */
  add(venue: string, { symbol, observation }: SymbolObservation): void {
    const index = this.#venues.indexOf(venue);
    if (index === -1 || this.#venues.length < 2 || observation.kind !== 'trade') return;
    const minute = Math.floor(observation.time / minuteMs);
    const open = this.#open.get(symbol) ?? new Map<number, Minute[]>();
    this.#open.set(symbol, open);
    let sides = open.get(minute);
    if (sides === undefined) {
      sides = this.#venues.map(() => ({ bought: 0, sold: 0 }));
      open.set(minute, sides);
      for (const [earlier, of] of open) {
        if (earlier > minute - 3) continue;
        this.#compare(of);
        open.delete(earlier);
      }
    }
    if (observation.taker === 'buy') sides[index]!.bought += observation.quantity;
    else sides[index]!.sold += observation.quantity;
  }

  agreements(): Agreement[] {
    return this.#pairs().map(([a, b]) => {
      const compared = this.#compared.get(pairOf(a, b)) ?? [];
      const share = compared.length === 0 ? null : compared.filter((agrees) => agrees).length / compared.length;
      const isAlarming = share !== null && compared.length >= enoughMinutes && share <= alarmShare;
      return { venues: [this.#venues[a]!, this.#venues[b]!], minutes: compared.length, share, isAlarming };
    });
  }

  #compare(sides: readonly Minute[]): void {
    for (const [a, b] of this.#pairs()) {
      const [first, second] = [imbalance(sides[a]!), imbalance(sides[b]!)];
      if (!(Math.abs(first) >= clearImbalance && Math.abs(second) >= clearImbalance)) continue;
      const compared = this.#compared.get(pairOf(a, b)) ?? [];
      compared.push(first > 0 === second > 0);
      if (compared.length > comparedMinutes) compared.shift();
      this.#compared.set(pairOf(a, b), compared);
    }
  }

  #pairs(): [number, number][] {
    return this.#venues.flatMap((_, a) => this.#venues.slice(a + 1).map((_, i): [number, number] => [a, a + 1 + i]));
  }
}

/** −1 (all sold) to 1 (all bought); NaN without trades. */
function imbalance({ bought, sold }: Minute): number {
  return (bought - sold) / (bought + sold);
}

function pairOf(a: number, b: number): string {
  return `${a} ${b}`;
}
