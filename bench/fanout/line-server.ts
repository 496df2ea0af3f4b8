/** The benchmark's side of every server under test: lines in (`tick`, `collect`, `usage`), lines out (`listening PORT`,
 * `collected`, `usage CPU_US RSS_KB`). */
import { createInterface } from 'node:readline';

export function serveLines(port: number, tick: () => void): void {
  process.stdout.write(`listening ${port}\n`);
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      if (line === 'tick') tick();
      if (line === 'collect') {
        globalThis.gc?.();
        process.stdout.write('collected\n');
      }
      if (line === 'usage') {
        const { user, system } = process.cpuUsage();
        process.stdout.write(`usage ${user + system} ${Math.round(process.memoryUsage.rss() / 1024)}\n`);
      }
    })
    .on('close', () => process.exit());
}
