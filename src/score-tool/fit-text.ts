/** What a fit found, for people and for the table of parameter sets. */
import { type Fit, learnedNames } from '../score/fit.ts';
import type { Recording } from '../score/recording.ts';

const digits = 4;

export function fitText({ learned, deviance, steps, days }: Fit, { totals, intervalMs }: Recording): string {
  const rounded = (value: number) => Number(value.toPrecision(digits));
  const [from, to] = [totals[0]!.time, totals.at(-1)!.time + intervalMs].map((time) => new Date(time).toISOString());
  const rows = learnedNames.map((name) => {
    const { value, low, high } = learned[name];
    return `  ${name.padEnd(14)} ${String(rounded(value)).padEnd(10)} [${rounded(low)}, ${rounded(high)}]`;
  });
  return [
    `learned from ${totals.length} intervals of ${days} days, ${from} to ${to}`,
    `Tweedie deviance ${deviance.toFixed(1)} after ${steps} steps; 95 % intervals by day blocks`,
    ...rows,
  ].join('\n');
}
