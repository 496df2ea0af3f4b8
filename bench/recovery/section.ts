/** One thing that is measured of every log, beside a limit that no log can pass, and the table that comes of it. */
import type { BenchTable } from '../bench-table.ts';
import { rounds, type Spread, shown } from '../rounds.ts';
import type { Missing } from './stores.ts';

export interface Contender {
  readonly name: string;
  readonly measure: () => number | Promise<number>;
  /** Where something is committed: the 99th percentile of what was last measured. */
  readonly commitP99Ms?: () => number;
}

export interface Section {
  /** Such as `replay`. */
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  /** What the first contender must reach, in the unit; times are at most this, rates at least. */
  readonly demand: number;
  readonly isTime: boolean;
  /** This project's own log, its rivals, the limit. */
  readonly contenders: readonly [Contender, ...Contender[]];
}

type Results = Readonly<Record<string, Spread>>;

/** Rounds in which each contender of each section has its turn. */
export async function measured(sections: readonly Section[], count: number): Promise<Results> {
  const measures: [string, Contender['measure']][] = [];
  for (const { name, contenders } of sections) {
    for (const contender of contenders) {
      measures.push([`${name}: ${contender.name}`, announced(`${name}: ${contender.name}`, contender.measure)]);
      const { commitP99Ms } = contender;
      if (commitP99Ms !== undefined) measures.push([`${name}, p99: ${contender.name}`, commitP99Ms]);
    }
  }
  return rounds(count, Object.fromEntries(measures));
}

export function tableOf(section: Section, missing: readonly Missing[], results: Results): BenchTable {
  const { name, title, unit, demand, isTime, contenders } = section;
  const [own] = contenders;
  const result = results[`${name}: ${own.name}`]!;
  const asked = `${isTime ? 'at most' : 'at least'} ${demand} ${unit} is asked`;
  const isMet = isTime ? result.median <= demand : result.median >= demand;
  const p99s = (who: Contender) => (who.commitP99Ms === undefined ? '' : shown(results[`${name}, p99: ${who.name}`]!));
  const rowOf = (who: Contender) => {
    const other = results[`${name}: ${who.name}`]!;
    const ratio = isTime ? other.median / result.median : result.median / other.median;
    return [who.name, shown(other), who === own ? '' : `${ratio.toFixed(2)}× as fast`, p99s(who)];
  };
  const hasCommits = own.commitP99Ms !== undefined;
  return {
    title: `${title}; ${asked}`,
    columns: ['log', `${unit}: median (min–max)`, `${own.name} is`, hasCommits ? 'commit p99, ms' : ''],
    rows: [...contenders.map(rowOf), ...missing.map(({ name: who, why }) => [`${who}: left out`, why, '', ''])],
    figures: Object.fromEntries(
      Object.entries(results)
        .filter(([figure]) => figure.startsWith(`${name}: `) || figure.startsWith(`${name}, p99: `))
        .map(([figure, { median }]) => [`recovery_${figure.toLowerCase().replaceAll(/\W+/g, '_')}`, median]),
    ),
    misses: isMet ? [] : [`${name}: ${shown(result)} ${unit}, ${asked}`],
  };
}

/** It takes minutes: whoever waits sees each figure as it comes. */
function announced(what: string, measure: Contender['measure']): Contender['measure'] {
  return async () => {
    const figure = await measure();
    process.stderr.write(`${what} ${figure.toPrecision(3)}\n`);
    return figure;
  };
}
