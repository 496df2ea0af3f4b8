/** How long each stage takes on the way from the market to a client that has read it: a row each, with a bar from p50 to p99. */
import type { Labels, Samples } from './samples.ts';
import { row, shown } from './table.ts';

const stages: readonly { text: string; name: string; labels: Labels }[] = [
  {
    text: 'Market event → on disk, by both clocks',
    name: 'heatline_stage_seconds',
    labels: { stage: 'event_to_commit' },
  },
  { text: 'Handed to the log → on disk', name: 'heatline_stage_seconds', labels: { stage: 'commit' } },
  { text: 'On disk → in the book', name: 'heatline_stage_seconds', labels: { stage: 'fold' } },
  { text: 'In the book → picture begun', name: 'heatline_stage_seconds', labels: { stage: 'tick_wait' } },
  { text: 'Picture: waits for a worker', name: 'heatline_pool_wait_seconds', labels: { pool: 'snapshot' } },
  { text: 'Picture: made by a worker', name: 'heatline_pool_run_seconds', labels: { pool: 'snapshot' } },
  { text: 'Picture begun → finished', name: 'heatline_stage_seconds', labels: { stage: 'snapshot' } },
  { text: 'Finished → first client written to', name: 'heatline_stage_seconds', labels: { stage: 'first_write' } },
  { text: 'Finished → last client written to', name: 'heatline_stage_seconds', labels: { stage: 'last_write' } },
  {
    text: 'Written → the client says it has read',
    name: 'heatline_stage_seconds',
    labels: { stage: 'acknowledgement' },
  },
  { text: 'Late to look at its clients', name: 'heatline_loop_lag_seconds', labels: {} },
];

/** Ends of the bars' scale, which is logarithmic. */
const [shortest, longest] = [0.00001, 30];

export function stageRows(samples: Samples, before: Samples | null): HTMLElement[] {
  return stages.map(({ text, name, labels }) => {
    const times = samples.sum(`${name}_count`, labels) - (before?.sum(`${name}_count`, labels) || 0);
    const [p50, p99] = [0.5, 0.99].map((share) => samples.quantile(before, name, labels, share)) as [number, number];
    const mean = samples.mean(before, name, labels);
    const line = row([text, shown(times), duration(mean), duration(p50), duration(p99), bar(p50, p99)]);
    line.dataset.stage = labels.stage ?? labels.pool ?? 'loop_lag';
    return line;
  });
}

function duration(seconds: number): string {
  if (Number.isNaN(seconds)) return '–';
  if (seconds === Number.POSITIVE_INFINITY) return `> ${longest} s`;
  if (seconds >= 1) return `${shown(seconds, 2)} s`;
  return seconds >= 0.001 ? `${shown(seconds * 1000, 1)} ms` : `${shown(seconds * 1e6)} µs`;
}

/** Says what the cells beside it say, so it is hidden from readers. */
function bar(p50: number, p99: number): HTMLElement {
  const track = document.createElement('div');
  track.className = 'bar';
  track.ariaHidden = 'true';
  if (Number.isNaN(p50)) return track;
  const part = document.createElement('span');
  const [from, to] = [placeOf(p50), placeOf(p99)];
  part.style.left = `${from * 100}%`;
  part.style.width = `max(4px, ${(to - from) * 100}%)`;
  track.append(part);
  return track;
}

/** 0 to 1. */
function placeOf(seconds: number): number {
  const place = Math.log(seconds / shortest) / Math.log(longest / shortest);
  return Math.min(Math.max(place, 0), 1);
}
