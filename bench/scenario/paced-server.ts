/**
 * A server of the scenarios that sends a stamped snapshot at every tick: this project's client side whole, or plain `ws` that sends to
 * everyone, as a control. Lines in: `totals`, `collect`; lines out: `listening PORT`, JSON.
 */
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { WebSocketServer } from 'ws';
import { Places } from '../../src/actors/places.ts';
import type { SymbolFrame } from '../../src/actors/symbol-frame.ts';
import { LocalClients } from '../../src/clients/local-clients.ts';
import { loadConfig } from '../../src/config.ts';
import { textFrame } from '../../src/protocol/websocket-frame.ts';
import { FrameChannel } from '../../src/streams/frame-channel.ts';
import { sharedTick } from '../../src/streams/shared-tick.ts';
import { noNews } from '../../tests/support/no-news.ts';
import { noReplays } from '../../tests/support/no-replays.ts';
import { frameOf } from '../../tests/support/symbol-frame.ts';
import { nowUs, payloadText, stamped } from './payload.ts';

export interface PacedServerOptions {
  readonly rival: 'heatline' | 'ws';
  readonly levels: number;
  readonly everyMs: number;
  /** Flags of this project's server. */
  readonly flags: readonly string[];
}

export interface PacedTotals {
  readonly active: number;
  readonly slow: number;
  readonly sent: number;
  readonly dropped: number;
  readonly encodes: number;
  readonly rssKb: number;
}

const { rival, levels, everyMs, flags } = JSON.parse(process.argv[2]!) as PacedServerOptions;
const text = payloadText(levels);
let encodes = 0;
const made = () => {
  encodes++;
  return stamped(text, nowUs());
};

interface Side {
  readonly port: number;
  tick(tick: number): void;
  totals(): Promise<Omit<PacedTotals, 'encodes' | 'rssKb'>>;
}

async function heatline(): Promise<Side> {
  const argv = [`--ws-update-interval=${everyMs / 1000}`, '--port=0', '--symbols=BTCUSDT', ...flags];
  const loaded = loadConfig({ argv, env: {}, dotenv: {}, workingDirectory: '.', version: 'bench' });
  if (loaded.outcome !== 'config') throw new Error(loaded.text);
  const { config } = loaded;
  const channel = new FrameChannel<SymbolFrame>(1);
  const clients = new LocalClients({
    config,
    logger: pino({ level: 'silent' }),
    channels: new Map([['BTCUSDT', channel]]),
    news: noNews('BTCUSDT'),
    desk: { answer: () => Promise.reject(new Error('only the stream is served')), isStopping: () => false },
    replays: noReplays,
    places: new Places(config.maxConnections),
  });
  const { port } = await clients.listen();
  return {
    port,
    tick: (tick) => {
      const bytes = textFrame(made());
      channel.settle(tick, frameOf('BTCUSDT', tick, bytes));
    },
    totals: () => clients.totals(),
  };
}

async function plainWs(): Promise<Side> {
  const server = new WebSocketServer({ port: 0, perMessageDeflate: false });
  await new Promise((resolve) => server.once('listening', resolve));
  let sent = 0;
  return {
    port: (server.address() as AddressInfo).port,
    tick: () => {
      const message = made();
      for (const client of server.clients) client.send(message);
      sent += server.clients.size;
    },
    totals: async () => ({ active: server.clients.size, slow: 0, sent, dropped: 0 }),
  };
}

const side = await (rival === 'heatline' ? heatline() : plainWs());
sharedTick(everyMs).subscribe((tick) => side.tick(tick));
process.stdout.write(`listening ${side.port}\n`);
createInterface({ input: process.stdin })
  .on('line', async (line) => {
    if (line === 'collect') globalThis.gc?.();
    const { active, slow, sent, dropped } = await side.totals();
    const rssKb = Math.round(process.memoryUsage.rss() / 1024);
    const totals: PacedTotals = { active, slow, sent, dropped, encodes, rssKb };
    process.stdout.write(`${JSON.stringify(totals)}\n`);
  })
  .on('close', () => process.exit());
