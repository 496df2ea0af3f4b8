/** What a feed tells in one chunk, as columns that go from thread to thread: an object a fact would cost more than the fact. */
import type { MarginTiersObservation, Observation, SymbolObservation, Told } from '../market/event.ts';
import { batchesOf, type EventBatch, eventAt } from '../market/event-batch.ts';

export interface ToldColumns {
  readonly batches: readonly EventBatch[];
  /** Of each row, by place among `names`. */
  readonly symbols: Uint16Array;
  readonly names: readonly string[];
  /** Each with the number of rows before it. */
  readonly tables: readonly { readonly at: number; readonly told: SymbolObservation<MarginTiersObservation> }[];
}

export function columnsOfTold(chunk: readonly SymbolObservation<Told>[]): ToldColumns {
  const rows: Observation[] = [];
  const symbols = new Uint16Array(chunk.length);
  const places = new Map<string, number>();
  const tables: { at: number; told: SymbolObservation<MarginTiersObservation> }[] = [];
  for (const { symbol, observation } of chunk) {
    if (observation.kind === 'margin_tiers') {
      tables.push({ at: rows.length, told: { symbol, observation } });
      continue;
    }
    let place = places.get(symbol);
    if (place === undefined) {
      place = places.size;
      places.set(symbol, place);
    }
    symbols[rows.length] = place;
    rows.push(observation);
  }
  return { batches: batchesOf(rows), symbols: symbols.slice(0, rows.length), names: [...places.keys()], tables };
}

/** As it was told, in its order. */
export function toldOfColumns({ batches, symbols, names, tables }: ToldColumns): SymbolObservation<Told>[] {
  const told: SymbolObservation<Told>[] = [];
  let row = 0;
  let table = 0;
  const tablesBefore = () => {
    for (; table < tables.length && tables[table]!.at === row; table++) told.push(tables[table]!.told);
  };
  for (const batch of batches) {
    for (let i = 0; i < batch.count; i++) {
      tablesBefore();
      told.push({ symbol: names[symbols[row++]!]!, observation: eventAt(batch, i) as Observation });
    }
  }
  tablesBefore();
  return told;
}
