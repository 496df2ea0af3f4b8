/** Clients of a real server, in a process of their own: `open N` answers when all have a picture, `mark` and `frames` count what came. */
import { createInterface } from 'node:readline';
import { FrameClient } from '../scenario/frame-client.ts';

const [host, port, hello] = process.argv.slice(2) as [string, string, string];
const clients: FrameClient[] = [];

async function open(count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, async () => {
      const first = Promise.withResolvers<void>();
      const client = new FrameClient({ host, port: Number(port), hello, frame: () => first.resolve(), closed() {} });
      clients.push(client);
      await client.opened.promise;
      await first.promise;
    }),
  );
}

process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const [command, count] = line.split(' ');
  if (command === 'open') await open(Number(count));
  if (command === 'mark') for (const client of clients) client.frames = 0;
  const frames = clients.reduce((sum, client) => sum + client.frames, 0);
  process.stdout.write(`${JSON.stringify({ frames })}\n`);
}
