/** Seeded faults between the server's deltas and a client: what the client shows is the server's, or it knows that it is not. */
import { type FaultName, FaultSchedule } from './fault-schedule.ts';
import type { TortureOptions } from './torture.ts';

export const defaultRuns = 10_000;

export async function run({ runs, seed, progress }: TortureOptions): Promise<string> {
  const counts = new Map<FaultName, number>();
  let compared = 0;
  let repairs = 0;
  for (let i = 0; i < runs; i++) {
    const schedule = new FaultSchedule(seed + i, { verifies: true });
    schedule.play();
    compared += schedule.compared;
    repairs += schedule.repairs;
    for (const [name, count] of schedule.faults) counts.set(name, (counts.get(name) ?? 0) + count);
    progress(i + 1);
  }
  const faults = [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
  return `${runs} runs, ${compared} pictures compared, ${repairs} repairs; faults: ${faults}`;
}
