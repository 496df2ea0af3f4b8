/**
 * Live clients and questions about the past, in one process. Lines in, one line of JSON out for each:
 *
 *   report       p99 of the data's age on arrival since the last report, ms
 *   ask N MS     N questions at a time for MS, no two the same; how many were answered
 */
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

const [port, count] = process.argv.slice(2) as [string, string];
const origin = `127.0.0.1:${port}`;
let ages: number[] = [];
let asked = 0;
const dayMs = 86_400_000;

async function open(): Promise<void> {
  const socket = new WebSocket(`ws://${origin}/ws/heatmap`);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.on('message', (data: Buffer) => {
    // The head of a frame is enough: parsing it all would be dearer than what is measured.
    const stamp = /"timestamp":"([^"]+)"/.exec(data.toString('latin1', 0, 200));
    if (stamp !== null) ages.push(performance.timeOrigin + performance.now() - Date.parse(stamp[1]!));
  });
  socket.send('{"action":"subscribe","symbols":["BTCUSDT","ETHUSDT"]}');
}

function report(): { p99: number } {
  const sorted = ages.sort((a, b) => a - b);
  ages = [];
  return { p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0 };
}

async function ask(atATime: number, forMs: number): Promise<{ answered: number }> {
  const until = performance.now() + forMs;
  let answered = 0;
  const asker = async (number: number) => {
    while (performance.now() < until) {
      const symbol = number % 2 === 0 ? 'BTCUSDT' : 'ETHUSDT';
      // Each ends a minute earlier than the one before, and begins 24 hours before that.
      const endMs = Date.now() - ++asked * 60_000;
      const query = `symbol=${symbol}&interval=1m&mode=delta&start_time=${endMs - dayMs}&end_time=${endMs}`;
      const response = await fetch(`http://${origin}/liquidations/heatmap-timeseries?${query}`);
      for await (const _ of response.body!);
      if (response.status === 200) answered++;
    }
  };
  await Promise.all(Array.from({ length: atATime }, (_, number) => asker(number)));
  return { answered };
}

await Promise.all(Array.from({ length: Number(count) }, open));
process.stdout.write('ready\n');
createInterface({ input: process.stdin }).on('line', async (line) => {
  const [name, ...numbers] = line.split(' ');
  const answer = name === 'ask' ? await ask(Number(numbers[0]), Number(numbers[1])) : report();
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});
