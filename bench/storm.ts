/** Thousands of clients reconnect at once: those already there keep their pace, and the others soon have their first snapshot. */
import { setTimeout } from 'node:timers/promises';
import type { BenchTable } from './bench-table.ts';
import { Demands, demandColumns } from './scenario/demands.ts';
import { Stage } from './scenario/stage.ts';

export async function run({ quick }: { quick: boolean }): Promise<BenchTable[]> {
  const there = quick ? 50 : 200;
  const coming = quick ? 500 : 5000;
  const everyMs = 1000;
  const flags = [`--ws-max-connections=${there + coming}`];
  await using stage = await Stage.begin({ rival: 'heatline', levels: 100, everyMs, flags });
  const present = await stage.load(there);
  const storm = await stage.load(0);
  const demands = new Demands();
  const phaseMs = quick ? 4000 : 12_000;
  const phase = async (work: () => Promise<unknown>) => {
    await present.mark();
    const before = await stage.totals();
    await Promise.all([work(), setTimeout(phaseMs)]);
    const after = await stage.totals();
    return { report: await present.report(), encodes: after.encodes - before.encodes };
  };
  // Connected once and dropped, as if the link between had failed.
  await storm.open(coming);
  const calm = await phase(async () => {});
  await storm.drop(coming);
  await setTimeout(1000);
  let opened: Awaited<ReturnType<typeof storm.open>> | null = null;
  const stormy = await phase(async () => {
    opened = await storm.open(coming);
  });
  const { firstSnapshot, refusals } = opened!;
  demands.atMost(
    `p99 of the ${there} that were there, against a calm time`,
    stormy.report.age.p99 / calm.report.age.p99,
    quick ? 5 : 1.2,
    '×',
  );
  demands.note(
    'p99 of those',
    `${stormy.report.age.p99.toFixed(1)} ms, in a calm time ${calm.report.age.p99.toFixed(1)} ms`,
  );
  demands.atMost(`first snapshot of 99 % of the ${coming}`, firstSnapshot.p99 / 1000, 10, 's');
  demands.note(
    'first snapshot of half of them',
    `${(firstSnapshot.p50 / 1000).toFixed(2)} s; ${refusals} refused and came again`,
  );
  demands.atMost('encodes beyond one a tick', Math.max(stormy.encodes - Math.ceil(phaseMs / everyMs) - 1, 0), 0, '');
  return [
    {
      title: `${coming} clients reconnect at once`,
      columns: demandColumns,
      rows: demands.rows,
      figures: {},
      misses: demands.misses,
    },
  ];
}
