/** The benchmark's side of a rival: lines in (`tick`, `collect`, `usage`), lines out. */
import { createInterface } from 'node:readline';

export function serveLines(port, tick) {
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
