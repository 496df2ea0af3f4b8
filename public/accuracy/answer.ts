/** As much of `/accuracy.json` as the page shows. */

export interface Estimate {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface Skill {
  readonly intervals: number;
  readonly effective_days: number;
  readonly measures: Readonly<Record<string, Estimate | undefined>>;
}

export interface SideScore {
  readonly all: Skill;
  readonly fresh: Skill;
  readonly deviance_skill: number | null;
}

export interface NamedScore {
  readonly name: string;
  readonly long: SideScore;
  readonly short: SideScore;
}

export interface Step {
  readonly predicted_usd: number;
  readonly liquidated_usd: number;
  readonly intervals: number;
}

export interface Report {
  readonly model: NamedScore;
  readonly side_accuracy: Estimate;
  readonly baselines: readonly NamedScore[];
  readonly placebos: readonly NamedScore[];
  readonly calibration: { readonly long: readonly Step[]; readonly short: readonly Step[] } | null;
}

export interface BookAnswer {
  readonly venue: string | null;
  readonly completeness: string;
  readonly intervals: number;
  readonly effective_days: number;
  readonly report: Report | null;
}

export interface SymbolAnswer {
  readonly symbol: string;
  readonly state: string;
  readonly text: string;
  readonly ledger: { readonly entries: number; readonly head: string } | null;
  readonly not_scored: Readonly<Record<string, number>>;
  readonly books: readonly BookAnswer[];
}

export interface Answer {
  readonly source: string;
  readonly simulated: boolean;
  readonly interval_seconds: number;
  readonly days_needed: number;
  readonly window_days: number;
  readonly assumptions: readonly string[];
  readonly symbols: readonly SymbolAnswer[];
}
