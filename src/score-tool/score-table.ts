/** A score report as text for a terminal: measures with their intervals first, then rivals, placebos and what each ingredient is worth. */

import type { NamedScore } from '../score/named-score.ts';
import { sides } from '../score/recording.ts';
import type { ScoreReport } from '../score/score-report.ts';
import { type MeasureName, measureNames } from '../score/skill.ts';
import type { Estimate } from '../score/statistics/day-bootstrap.ts';

export const measureTitles: Readonly<Record<MeasureName, string>> = {
  rank: 'rank correlation',
  givenMove: 'rank, given the size of the move',
  givenAge: 'rank, given age since last traded',
  givenExcursion: 'rank, given the deepest excursion',
  ratio: 'foreseen ÷ liquidated',
  slope: 'calibration slope, log-log',
  auc: 'AUC of the top tenth',
  capture: 'captured by the top tenth',
};

export const number = (value: number | undefined) =>
  value === undefined || Number.isNaN(value) ? '–' : value.toFixed(2);
export const withInterval = ({ value, low, high }: Estimate) => `${number(value)} [${number(low)}, ${number(high)}]`;

export function scoreTable(report: ScoreReport): string {
  const { model, health, openInterestTiming } = report;
  const span = [report.first, report.last].map((time) => new Date(time).toISOString().slice(0, 16));
  const grounds = ['all', 'fresh'] as const;
  const columns = grounds.flatMap((ground) => sides.map((side) => ({ ground, side })));
  const counts = columns.map(({ ground, side }) => {
    const { intervals, effectiveDays } = model.sides[side][ground];
    return `${effectiveDays.toFixed(1)} days (${intervals} intervals)`;
  });
  const measures = measureNames.map((name) => [
    measureTitles[name],
    ...columns.map(({ ground, side }) => withInterval(model.sides[side][ground].measures[name])),
  ]);
  const skill = sides.map((side) => `${side} ${number(model.sides[side].devianceSkill)}`).join(', ');
  const share = health.observedShare.map((part) => `${(part * 100).toFixed(1)} %`).join(' to ');
  return [
    `${span[0]} to ${span[1]} UTC, ${report.days} days`,
    '',
    ...aligned([
      ['', ...columns.map(({ ground, side }) => `${side}, ${ground === 'all' ? 'all ground' : 'fresh ground'}`)],
      ['effective days', ...counts],
      ...measures,
    ]),
    '',
    `deviance skill: ${skill}; larger side foreseen: ${withInterval(report.sideAccuracy)}`,
    `book: conservation error ${health.conservationError ?? '–'}, seen being opened ${share}, half of it is replaced in ${health.renewalHours.toFixed(1)} h`,
    openInterestTiming === null
      ? 'open interest: too little of it to check its stamps'
      : `open interest: changes go with the volume before their stamps (${number(openInterestTiming.before)}), not after (${number(openInterestTiming.after)})`,
    '',
    ...section('Rivals (given the scale that suits them best)', report.rivals),
    ...section('Placebos (rank must be about 0)', report.placebos),
    ...section('Left out, all else as it is', report.ablation),
  ].join('\n');
}

function section(title: string, scores: readonly NamedScore[]): string[] {
  const header = [
    title,
    ...sides.flatMap((side) => [`${side}: rank`, 'fresh', 'given move', 'fresh', 'ratio', 'deviance skill']),
  ];
  const rows = scores.map(({ name, sides: scored }) => [
    `  ${name}`,
    ...sides.flatMap((side) => {
      const { all, fresh, devianceSkill } = scored[side];
      const values = [
        all.measures.rank,
        fresh.measures.rank,
        all.measures.givenMove,
        fresh.measures.givenMove,
        all.measures.ratio as Estimate | undefined,
      ];
      return [...values.map((estimate) => number(estimate?.value)), number(devianceSkill)];
    }),
  ]);
  return [...aligned([header, ...rows]), ''];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}
