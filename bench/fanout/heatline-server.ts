/** This server's fan-out, whole: upgrade, supervisor, connection actors, acknowledgements and meters, on frames that come ready. */
import { readFileSync } from 'node:fs';
import { ActorSystem } from '../../src/actors/kernel/actor-system.ts';
import { systemClock } from '../../src/actors/kernel/system-clock.ts';
import { Places } from '../../src/actors/places.ts';
import { SendMeter } from '../../src/actors/send-meter.ts';
import { type ConnectionGate, supervisor } from '../../src/actors/supervisor.ts';
import type { SymbolFrame } from '../../src/actors/symbol-messages.ts';
import { loadConfig } from '../../src/config.ts';
import { textFrame } from '../../src/protocol/websocket-frame.ts';
import { HttpServer } from '../../src/server/http-server.ts';
import { FrameChannel } from '../../src/streams/frame-channel.ts';
import { serveLines } from './line-server.ts';

const [payloadFile, clients] = process.argv.slice(2) as [string, string];
const loaded = loadConfig({
  argv: ['--ws-max-connections', clients, '--ws-handshake-burst', clients, '--ws-update-interval', '1'],
  env: {},
  dotenv: {},
  workingDirectory: '.',
  version: 'bench',
});
if (loaded.outcome !== 'config') throw new Error(loaded.text);
const { config } = loaded;

const bytes = textFrame(readFileSync(payloadFile, 'utf8'));
const channel = new FrameChannel<SymbolFrame>(1);
const meter = new SendMeter();
const system = new ActorSystem({ clock: systemClock, scheduler: config.scheduler, observe() {} });
let gate!: ConnectionGate;
system.spawn(
  supervisor(
    {
      ...config.supervisor,
      limits: config.clientLimits,
      places: new Places(config.maxConnections),
      random: Math.random,
      connection: {
        ...config.connection,
        symbols: config.symbols,
        channelOf: () => channel,
        tickMs: config.tickMs,
        defaultIntervalMs: config.updateIntervalMs,
        counters: { messageSent: () => meter.add(), frameDropped() {} },
      },
      observer: { opened() {}, ended() {}, judged() {} },
    },
    (made) => {
      gate = made;
    },
  ),
  {
    name: 'supervisor',
    mailbox: { capacity: 4 * Number(clients) + 64, overflow: 'reject_newest' },
    supervision: { onFailure: 'resume' },
  },
);
const desk = { answer: () => Promise.reject(new Error('only the stream is served')), isStopping: () => false };
const server = new HttpServer(config.server, gate, desk, { refused() {}, failed() {} });
const { port } = await server.listen('127.0.0.1', 0);

let seq = 0;
serveLines(port, () => {
  seq++;
  channel.settle(seq, { type: 'frame', symbol: 'BTCUSDT', epoch: 'bench', seq, bytes, deflated: null });
});
