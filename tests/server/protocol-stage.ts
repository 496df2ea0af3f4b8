/** The server's whole client side in this process, for the suites of the WebSocket protocol. */
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { Places } from '../../src/actors/places.ts';
import type { SymbolFrame } from '../../src/actors/symbol-frame.ts';
import { LocalClients } from '../../src/clients/local-clients.ts';
import { loadConfig } from '../../src/config.ts';
import { deflatedFrame } from '../../src/protocol/deflated-frame.ts';
import { textFrame } from '../../src/protocol/websocket-frame.ts';
import { textAnswer } from '../../src/server/http-answer.ts';
import { FrameChannel } from '../../src/streams/frame-channel.ts';
import { noNews } from '../support/no-news.ts';
import { noReplays } from '../support/no-replays.ts';
import { frameOf } from '../support/symbol-frame.ts';

export const maxMessageBytes = 100_000;

const mayConnect = { 'Content-Security-Policy': "connect-src 'self'" };

export async function startStage(...flags: string[]) {
  const argv = [
    ...['--host=127.0.0.1', '--port=0', '--symbols=BTCUSDT', `--ws-max-message-size=${maxMessageBytes}`],
    ...[
      '--ws-close-timeout=60',
      '--shutdown-timeout=120',
      '--ws-message-burst=10000',
      '--ws-ack-sample=0',
      '--ws-update-interval=1',
      ...flags,
    ],
  ];
  const loaded = loadConfig({ argv, env: {}, dotenv: {}, workingDirectory: '.', version: 'test' });
  if (loaded.outcome !== 'config') throw new Error(loaded.text);
  const channel = new FrameChannel<SymbolFrame>(1);
  const clients = new LocalClients({
    config: loaded.config,
    logger: pino({ level: 'silent' }),
    channels: new Map([['BTCUSDT', channel]]),
    news: noNews('BTCUSDT'),
    // A page that may connect.
    desk: { answer: async () => textAnswer(200, 'the stream is elsewhere', mayConnect), isStopping: () => false },
    replays: noReplays,
    places: new Places(loaded.config.maxConnections),
  });
  onTestFinished(() => clients.stop());
  const { port } = await clients.listen();
  let tick = 0;
  const publish = (message: unknown) => {
    tick++;
    const bytes = textFrame(JSON.stringify(message));
    channel.settle(tick, frameOf('BTCUSDT', tick, bytes, deflatedFrame(bytes)));
  };
  return { port, publish, clients };
}

export const pingMessage = '{"action":"ping"}';
