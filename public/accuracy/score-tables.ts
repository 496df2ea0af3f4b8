/** The figures of a report as tables: measures by side and ground, baselines and placebos, and calibration step by step. */
import { row, shown } from '../stats/table.ts';
import type { Estimate, NamedScore, Report, Skill } from './answer.ts';

const measures = {
  rank: 'Rank correlation',
  given_move: 'Rank, given the size of the move',
  given_age: 'Rank, given age since last traded',
  given_excursion: 'Rank, given the deepest excursion',
  ratio: 'Predicted ÷ liquidated',
  slope: 'Calibration slope, log-log',
  auc: 'AUC of the top tenth',
  capture: 'Captured by the top tenth',
} as const;

const figure = (value: number | null | undefined) => (value === null || value === undefined ? '–' : shown(value, 2));

export function withInterval(estimate: Estimate | undefined): string {
  if (estimate === undefined || estimate.value === null) return '–';
  const { value, low, high } = estimate;
  return low === null || high === null ? figure(value) : `${figure(value)} [${figure(low)}, ${figure(high)}]`;
}

function table(caption: string, head: readonly string[], rows: readonly HTMLElement[]): HTMLTableElement {
  const made = document.createElement('table');
  const [title, top, body] = [
    document.createElement('caption'),
    document.createElement('thead'),
    document.createElement('tbody'),
  ];
  title.textContent = caption;
  const line = document.createElement('tr');
  for (const text of head) {
    const cell = document.createElement('th');
    cell.textContent = text;
    line.append(cell);
  }
  top.append(line);
  body.append(...rows);
  made.append(title, top, body);
  return made;
}

export function measureTable({ model, side_accuracy }: Report): HTMLElement {
  const skills = [model.long.all, model.short.all, model.long.fresh, model.short.fresh];
  const each = (name: string, of: (skill: Skill) => string) => {
    const line = row([name, ...skills.map(of)]);
    line.dataset.measure = name;
    return line;
  };
  const rows = Object.entries(measures).map(([key, title]) =>
    each(title, (skill) => withInterval(skill.measures[key])),
  );
  const deviance = [model.long.deviance_skill, model.short.deviance_skill].map(figure);
  return table(
    'How good it was',
    ['', 'Longs', 'Shorts', 'Longs, fresh ground', 'Shorts, fresh ground'],
    [
      each('Intervals (effective days)', (skill) => `${shown(skill.intervals)} (${shown(skill.effective_days, 1)})`),
      ...rows,
      row(['Deviance skill', ...deviance, '', '']),
      row(['Larger side predicted', withInterval(side_accuracy), '', '', '']),
    ],
  );
}

export function rivalTable({ model, baselines, placebos }: Report): HTMLElement {
  const line = (kind: string, { name, long, short }: NamedScore) => {
    const cells = [long.all, short.all, long.fresh, short.fresh].map((skill) => withInterval(skill.measures.rank));
    const made = row([name, kind, ...cells, figure(long.deviance_skill), figure(short.deviance_skill)]);
    made.dataset.kind = kind;
    return made;
  };
  return table(
    'Rank correlation, beside baselines and placebos',
    ['', '', 'Longs', 'Shorts', 'Longs, fresh', 'Shorts, fresh', 'Deviance skill, longs', 'Shorts'],
    [
      line('this prediction', model),
      ...baselines.map((one) => line('baseline', one)),
      ...placebos.map((one) => line('placebo', one)),
    ],
  );
}

export function calibrationTable({ long, short }: NonNullable<Report['calibration']>): HTMLElement {
  const rows = long.map((step, i) => {
    const other = short[i];
    const usd = (value: number | undefined) => shown(value ?? Number.NaN);
    return row([
      String(i + 1),
      usd(step.predicted_usd),
      usd(step.liquidated_usd),
      usd(other?.predicted_usd),
      usd(other?.liquidated_usd),
    ]);
  });
  return table(
    'Means of tenths of the intervals, by what was predicted, USD',
    ['Tenth', 'Longs predicted', 'Longs liquidated', 'Shorts predicted', 'Shorts liquidated'],
    rows,
  );
}
