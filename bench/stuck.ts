/** One of many clients stops reading: the others lose nothing and are not delayed, and the server's memory stays. */
import { setTimeout } from 'node:timers/promises';
import type { BenchTable } from './bench-table.ts';
import { Demands, demandColumns } from './scenario/demands.ts';
import { Stage } from './scenario/stage.ts';

export async function run({ quick }: { quick: boolean }): Promise<BenchTable[]> {
  const clients = quick ? 100 : 1000;
  const phaseMs = quick ? 4000 : 60_000;
  const everyMs = quick ? 200 : 1000;
  const flags = [`--ws-max-connections=${clients}`];
  await using stage = await Stage.begin({ rival: 'heatline', levels: 100, everyMs, flags });
  const load = await stage.load(clients);
  const demands = new Demands();
  const phase = async () => {
    const before = await stage.collected();
    await load.mark();
    await setTimeout(phaseMs);
    const report = await load.report();
    const after = await stage.collected();
    return { report, grownKb: after.rssKb - before.rssKb, ticks: after.encodes - before.encodes, slow: after.slow };
  };
  // The first phase is for the heap to take its shape.
  await phase();
  const well = await phase();
  await load.pause(1);
  const stuck = await phase();
  await load.resume(1);
  const wellAgain = await phase();
  const { fewest, most } = stuck.report;
  demands.atMost(
    `snapshots that one of ${clients - 1} others missed`,
    Math.max(stuck.ticks - fewest, most - fewest),
    1,
    '',
  );
  demands.note('snapshots each', `${fewest}–${most} of ${stuck.ticks}`);
  demands.atMost(
    'p99 of the others, against all well',
    stuck.report.age.p99 / well.report.age.p99,
    quick ? 3 : 1.1,
    '×',
  );
  const ms = ({ report }: typeof well) => `${report.age.p99.toFixed(1)} ms`;
  demands.note('p99 of the others', `${ms(stuck)}; all well ${ms(well)} before, ${ms(wellAgain)} after`);
  demands.atMost('memory grown', stuck.grownKb / 1024, quick ? 16 : 1, 'MB');
  demands.note('memory grown while all were well', `${(well.grownKb / 1024).toFixed(2)} MB`);
  return [
    {
      title: `One of ${clients} clients stops reading for ${phaseMs / 1000} s, a snapshot every ${everyMs} ms`,
      columns: demandColumns,
      rows: demands.rows,
      figures: {},
      misses: demands.misses,
    },
  ];
}
