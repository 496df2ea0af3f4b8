/** CPU time of a process and its threads so far, user and system together, as Linux counts it. */
import { readFileSync } from 'node:fs';

/** Linux tells it in hundredths of a second, whatever the kernel's own tick. */
const ticksPerSecond = 100;

export function cpuSeconds(pid: number): number {
  // The name of the command may hold anything; what follows it is numbers.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const [user, system] = [11, 12].map((index) => Number(fields[index]));
  return (user! + system!) / ticksPerSecond;
}
