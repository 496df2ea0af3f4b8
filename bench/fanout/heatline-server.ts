/** This server's side of its clients, whole: upgrade, supervisor, connection actors, acknowledgements and counts, on frames that come ready. */
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { Places } from '../../src/actors/places.ts';
import type { SymbolFrame } from '../../src/actors/symbol-frame.ts';
import { LocalClients } from '../../src/clients/local-clients.ts';
import { loadConfig } from '../../src/config.ts';
import { deflatedFrame } from '../../src/protocol/deflated-frame.ts';
import { textFrame } from '../../src/protocol/websocket-frame.ts';
import { FrameChannel } from '../../src/streams/frame-channel.ts';
import { noNews } from '../../tests/support/no-news.ts';
import { noReplays } from '../../tests/support/no-replays.ts';
import { frameOf } from '../../tests/support/symbol-frame.ts';
import { serveLines } from './line-server.ts';

const [payloadFile, clients] = process.argv.slice(2) as [string, string];
const loaded = loadConfig({
  argv: [
    ...['--host=127.0.0.1', '--port=0', '--symbols=BTCUSDT', '--ws-update-interval=1'],
    ...[`--ws-max-connections=${clients}`, `--ws-handshake-burst=${clients}`],
  ],
  env: {},
  dotenv: {},
  workingDirectory: '.',
  version: 'bench',
});
if (loaded.outcome !== 'config') throw new Error(loaded.text);

const bytes = textFrame(readFileSync(payloadFile, 'utf8'));
const deflated = deflatedFrame(bytes);
const channel = new FrameChannel<SymbolFrame>(1, { settled: () => local.settled() });
const local = new LocalClients({
  config: loaded.config,
  logger: pino({ level: 'silent' }),
  channels: new Map([['BTCUSDT', channel]]),
  news: noNews('BTCUSDT'),
  desk: { answer: () => Promise.reject(new Error('only the stream is served')), isStopping: () => false },
  replays: noReplays,
  places: new Places(loaded.config.maxConnections),
});
const { port } = await local.listen();

let seq = 0;
serveLines(port, () => {
  seq++;
  channel.settle(seq, frameOf('BTCUSDT', seq, bytes, deflated));
});
