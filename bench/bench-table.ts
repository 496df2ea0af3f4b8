/** One table of a benchmark's results, for people (columns, rows) and for files (figures). */
export interface BenchTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** By a name with its unit, such as `fold_trades_per_second`. */
  readonly figures: Readonly<Record<string, number>>;
  /** Demands that were not met, a line each; the program then ends with 1. */
  readonly misses?: readonly string[];
}
