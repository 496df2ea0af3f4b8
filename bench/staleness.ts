/**
 * How old the data is that a client on a slow link shows, at ten snapshots a second, and what that link costs the fast clients beside it.
 * Plain `ws.send` is the control: on a link slower than the data it must fail.
 */
import { setTimeout } from 'node:timers/promises';
import type { BenchTable } from './bench-table.ts';
import { spreadOf } from './rounds.ts';
import { Demands, demandColumns } from './scenario/demands.ts';
import type { LoadReport } from './scenario/load.ts';
import { payloadText } from './scenario/payload.ts';
import { SlowLink } from './scenario/slow-link.ts';
import { Stage } from './scenario/stage.ts';

/** About 7 kB. */
const levels = 120;
const everyMs = 100;
const fastClients = 50;
const frameBits = (payloadText(levels).length + 4) * 8;

interface Measured {
  readonly slow: LoadReport;
  /** p99 of the fast clients' data, ms: without and with a slow one beside them. */
  readonly fastAlone: number;
  readonly fastBeside: number;
}

export async function run({ quick }: { quick: boolean }): Promise<BenchTable[]> {
  const rates = quick ? [512] : [64, 256, 512, 2000];
  const phaseMs = quick ? 4000 : 10_000;
  const rounds = quick ? 1 : 3;
  using link = new SlowLink();
  const demands = new Demands();
  for (const rate of rates) {
    const bound = (2 * frameBits) / rate + 100;
    link.limit(rate);
    const own = await measure('heatline', link, rounds, phaseMs);
    demands.atMost(`${rate} kbit/s: age of the data, p99`, own.slow.age.p99, bound, 'ms');
    demands.note(
      `${rate} kbit/s: age of the data, p50`,
      `${own.slow.age.p50.toFixed(0)} ms, ${own.slow.age.count} snapshots`,
    );
    const moved = quick ? 3 : 1.1;
    demands.atMost(
      `${rate} kbit/s: p99 of ${fastClients} fast clients, against without`,
      own.fastBeside / own.fastAlone,
      moved,
      '×',
    );
    demands.note(
      `${rate} kbit/s: p99 of the fast clients`,
      `${own.fastBeside.toFixed(1)} ms, alone ${own.fastAlone.toFixed(1)} ms`,
    );
    if (frameBits / rate <= everyMs) continue;
    const control = await measure('ws', link, 1, phaseMs);
    demands.moreThan(`${rate} kbit/s: control, plain ws.send, p99`, control.slow.age.p99, bound, 'ms');
  }
  return [
    {
      title: `A client on a slow link: ${levels} levels, ${frameBits / 8} bytes, every ${everyMs} ms`,
      columns: demandColumns,
      rows: demands.rows,
      figures: {},
      misses: demands.misses,
    },
  ];
}

/** Phases without and with the slow client take turns. */
async function measure(rival: 'heatline' | 'ws', link: SlowLink, rounds: number, phaseMs: number): Promise<Measured> {
  await using stage = await Stage.begin({ rival, levels, everyMs, flags: [] }, link.near);
  const fast = await stage.load(fastClients, '127.0.0.1', link.near);
  const alone: number[] = [];
  const beside: number[] = [];
  const reports: LoadReport[] = [];
  const slow = await stage.load(0, link.serverAddress, link.far);
  const phase = async () => {
    await fast.mark();
    await slow.mark();
    await setTimeout(phaseMs);
    return (await fast.report()).age.p99;
  };
  await setTimeout(1000);
  for (let round = 0; round < rounds; round++) {
    alone.push(await phase());
    await slow.open(1);
    beside.push(await phase());
    reports.push(await slow.report());
    await slow.drop(1);
  }
  const worst = reports.reduce((a, b) => (b.age.p99 > a.age.p99 ? b : a));
  return { slow: worst, fastAlone: spreadOf(alone).median, fastBeside: spreadOf(beside).median };
}
