/** The benchmark's side of every server under test: lines in (`tick`, `usage`), lines out (`listening PORT`, `usage CPU_US RSS_KB`). */
import { createInterface } from 'node:readline';

export function serveLines(port: number, tick: () => void): void {
  process.stdout.write(`listening ${port}\n`);
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      if (line === 'tick') tick();
      if (line === 'usage') {
        const { user, system } = process.cpuUsage();
        globalThis.gc?.();
        process.stdout.write(`usage ${user + system} ${Math.round(process.memoryUsage.rss() / 1024)}\n`);
      }
    })
    .on('close', () => process.exit());
}
