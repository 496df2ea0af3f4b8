/** A score as one page that loads nothing: what was scored and how, calibration, skill by distance, and the rivals with intervals. */
import { moveBounds } from '../score/calibration.ts';
import { sides } from '../score/recording.ts';
import type { ScoreReport } from '../score/score-report.ts';
import { number, scoreTable, withInterval } from './score-table.ts';
import { escaped, type Mark, type Plot, svgPlot } from './svg-plot.ts';

/** Told apart in grey and by most who do not see all colours. */
const colours = { long: '#0a7d5a', short: '#d1495b' } as const;

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:1100px;margin:2rem auto;padding:0 1rem;color:#1c2430;background:#fff}
svg{max-width:100%;height:auto}svg text{font-size:12px;fill:#1c2430}.title{font-weight:600;font-size:14px}.across{text-anchor:middle}
.up{text-anchor:end}.grid{stroke:#e3e7ee}.ideal{stroke:#8a94a6;stroke-dasharray:5 4}.plots{display:flex;flex-wrap:wrap;gap:1rem}
pre{overflow-x:auto;font-size:12px;background:#f5f7fa;padding:1rem}.long{color:${colours.long}}.short{color:${colours.short}}`;

/** @param facts what makes the score reproducible: versions, parameters, digest, seed. */
export function scorePage(report: ScoreReport, facts: Readonly<Record<string, unknown>>): string {
  const plots = [calibration(report), byDistance(report), against(report, 'all'), against(report, 'fresh')];
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Heatline: score of ${escaped(String(facts.symbol))}</title><style>${style}</style>
<h1>Is the picture true? ${escaped(String(facts.symbol))}</h1>
<p>What a book that was frozen at each interval's start said, against what was liquidated.
<b class="long">longs</b>, <b class="short">shorts</b>. Bars are 95 % intervals by whole days.</p>
<div class="plots">${plots.map((plot) => svgPlot(plot)).join('\n')}</div>
<h2>Figures</h2><pre>${escaped(scoreTable(report))}</pre>
<h2>Made from</h2><pre>${escaped(JSON.stringify(facts, null, 2))}</pre>
</html>
`;
}

function calibration({ calibration: steps }: ScoreReport): Plot {
  const marks = sides.flatMap((side) =>
    steps[side].map(
      ({ predicted, liquidated, intervals }): Mark => ({
        x: predicted,
        y: liquidated,
        colour: colours[side],
        label: `${side}s, ${intervals} intervals: ${Math.round(predicted)} USD foreseen, ${Math.round(liquidated)} liquidated`,
      }),
    ),
  );
  const shown = marks.filter(({ x, y }) => x > 0 && y > 0);
  const values = shown.flatMap(({ x, y }) => [x, y]);
  const [from, to] = values.length === 0 ? [1, 10] : [Math.min(...values) / 2, Math.max(...values) * 2];
  const scale = (title: string) => ({ from, to, isLogarithmic: true, title });
  return {
    title: 'Calibration: USD liquidated by USD foreseen, tenths of the intervals',
    x: scale('USD foreseen'),
    y: scale(''),
    marks: shown,
    hasDiagonal: true,
  };
}

function byDistance({ byDistance: steps }: ScoreReport): Plot {
  const marks = sides.flatMap((side) =>
    steps[side].map(
      ({ from, to, rank, ratio, intervals }): Mark => ({
        x: moveBounds.indexOf(from) + (side === 'long' ? 0.42 : 0.58),
        y: rank,
        colour: colours[side],
        label: `${side}s, moves of ${from * 100}–${to * 100} %, ${intervals} intervals: rank ${number(rank)}, ratio ${number(ratio)}`,
      }),
    ),
  );
  return {
    title: 'Rank correlation by size of the move',
    x: { from: 0, to: moveBounds.length, isLogarithmic: false, title: 'size of the move against the side, %' },
    y: { from: -0.2, to: 1, isLogarithmic: false, title: '' },
    marks,
    columns: moveBounds.map(
      (from, i) => `${from * 100}–${i === moveBounds.length - 1 ? '' : moveBounds[i + 1]! * 100}`,
    ),
  };
}

function against({ model, rivals, placebos }: ScoreReport, ground: 'all' | 'fresh'): Plot {
  const scores = [model, ...rivals, ...placebos].toReversed();
  const marks = scores.flatMap(({ name, sides: scored }, row) =>
    sides.map((side): Mark => {
      const { rank } = scored[side][ground].measures;
      const label = `${name}, ${side}s: ${withInterval(rank)}`;
      const y = row + (side === 'long' ? 0.15 : -0.15);
      return { x: rank.value, y, low: rank.low, high: rank.high, colour: colours[side], label };
    }),
  );
  return {
    title: `Rank correlation, ${ground === 'all' ? 'all ground' : 'ground untraded for 12 hours'}`,
    x: { from: -0.5, to: 1, isLogarithmic: false, title: 'rank correlation with the liquidated USD' },
    y: { from: -0.6, to: scores.length - 0.4, isLogarithmic: false, title: '' },
    marks,
    rows: scores.map(({ name }) => name),
  };
}
