/** A live report as it is shown: what has no value is null, and of a sample nothing is said that only totals could say. */

import type { LiveReportView } from './protocol/accuracy-view.ts';
import type { Completeness } from './protocol/liquidations-message.ts';
import type { CalibrationStep } from './score/calibration.ts';
import type { LiveReport } from './score/live-report.ts';
import type { NamedScore, SideScore } from './score/named-score.ts';
import type { MeasureName, SideSkill } from './score/skill.ts';
import type { Estimate } from './score/statistics/day-bootstrap.ts';

type SkillView = LiveReportView['model']['long']['all'];
type MeasureView = keyof SkillView['measures'];

const measures: Readonly<Record<MeasureName, MeasureView>> = {
  rank: 'rank',
  givenMove: 'given_move',
  givenAge: 'given_age',
  givenExcursion: 'given_excursion',
  ratio: 'ratio',
  slope: 'slope',
  auc: 'auc',
  capture: 'capture',
};
const ofTotals: readonly MeasureName[] = ['ratio', 'slope'];

export function accuracyReport(report: LiveReport, completeness: Completeness): LiveReportView {
  const isSample = completeness === 'sampled';
  const named = ({ name, sides }: NamedScore) => ({
    name,
    long: sideView(sides.long, isSample),
    short: sideView(sides.short, isSample),
  });
  const { model, sideAccuracy, rivals, placebos, calibration } = report;
  return {
    model: named(model),
    side_accuracy: estimateView(sideAccuracy),
    baselines: rivals.map(named),
    placebos: placebos.map(named),
    calibration: isSample ? null : { long: calibration.long.map(stepView), short: calibration.short.map(stepView) },
  };
}

function sideView({ all, fresh, devianceSkill }: SideScore, isSample: boolean) {
  return {
    all: skillView(all, isSample),
    fresh: skillView(fresh, isSample),
    deviance_skill: isSample ? null : figure(devianceSkill),
  };
}

function skillView({ intervals, effectiveDays, measures: values }: SideSkill, isSample: boolean): SkillView {
  const shown = (Object.entries(values) as [MeasureName, Estimate][]).filter(
    ([name]) => !(isSample && ofTotals.includes(name)),
  );
  const entries = shown.map(([name, estimate]) => [measures[name], estimateView(estimate)]);
  return { intervals, effective_days: effectiveDays, measures: Object.fromEntries(entries) };
}

function estimateView({ value, low, high }: Estimate) {
  return { value: figure(value), low: figure(low), high: figure(high) };
}

function stepView({ predicted, liquidated, intervals }: CalibrationStep) {
  return { predicted_usd: predicted, liquidated_usd: liquidated, intervals };
}

function figure(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
