/** Thousands of clients reconnect at once: those already there keep their pace, and the others soon have their first snapshot. */
import { setTimeout } from 'node:timers/promises';
import type { BenchTable } from './bench-table.ts';
import { shown, spreadOf } from './rounds.ts';
import { Demands, demandColumns } from './scenario/demands.ts';
import type { OpenReport, Percentiles } from './scenario/load.ts';
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
    const startedAt = performance.now();
    await Promise.all([work(), setTimeout(phaseMs)]);
    const after = await stage.totals();
    const ms = performance.now() - startedAt;
    return { report: await present.report(), encodes: after.encodes - before.encodes, ms };
  };
  // Connected once, so that each round can drop them all, as if the link between had failed.
  await storm.open(coming);
  const rounds: { calm: number; stormy: number; firstSnapshot: Percentiles; refusals: number; extraEncodes: number }[] =
    [];
  for (let round = 0; round < (quick ? 1 : 5); round++) {
    const calm = await phase(async () => {});
    await storm.drop(coming);
    await setTimeout(1000);
    let opened: OpenReport | null = null;
    const stormy = await phase(async () => {
      opened = await storm.open(coming);
    });
    rounds.push({
      ...opened!,
      calm: calm.report.age.p99,
      stormy: stormy.report.age.p99,
      extraEncodes: Math.max(stormy.encodes - Math.ceil(stormy.ms / everyMs) - 1, 0),
    });
  }
  const ratio = spreadOf(rounds.map(({ calm, stormy }) => stormy / calm));
  demands.atMost(`p99 of the ${there} that were there, against a calm time`, ratio.median, quick ? 5 : 1.2, '×');
  demands.note('the same in each round', `${shown(ratio)} ×`);
  demands.note(
    'p99 of those',
    `${shown(spreadOf(rounds.map(({ stormy }) => stormy)))} ms, in a calm time ${shown(spreadOf(rounds.map(({ calm }) => calm)))} ms`,
  );
  const first = spreadOf(rounds.map(({ firstSnapshot }) => firstSnapshot.p99 / 1000));
  demands.atMost(`first snapshot of 99 % of the ${coming}`, first.max, 10, 's');
  const half = spreadOf(rounds.map(({ firstSnapshot }) => firstSnapshot.p50 / 1000));
  const refused = spreadOf(rounds.map(({ refusals }) => refusals));
  demands.note('first snapshot of half of them', `${shown(half)} s; ${shown(refused, 4)} refused and came again`);
  demands.atMost('encodes beyond one a tick', Math.max(...rounds.map(({ extraEncodes }) => extraEncodes)), 0, '');
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
