/** The whole clients' side of the server, supervisor and connection actors too, on a free port of loopback, without a market behind it. */
import { pino } from 'pino';
import { Places } from '../../src/actors/places.ts';
import { LocalClients } from '../../src/clients/local-clients.ts';
import { loadConfig } from '../../src/config.ts';
import { deskOf } from '../../src/server/front-desk.ts';
import type { ServerViews } from '../../src/server/server-views.ts';
import { FrameChannel } from '../../src/streams/frame-channel.ts';
import { noNews } from '../../tests/support/no-news.ts';
import { noReplays } from '../../tests/support/no-replays.ts';

/** Limits that one address would run into are wide; those of a message and of a request are as they are. */
const settings = {
  HOST: '127.0.0.1',
  PORT: '0',
  LOG_LEVEL: 'silent',
  WS_MAX_HANDSHAKES_PER_SECOND: '1000000',
  WS_HANDSHAKE_BURST: '1000000',
  WS_MAX_MESSAGE_SIZE: '65536',
  WS_MAX_LOOP_LAG: '60',
};

export const fuzzViews: ServerViews = {
  health: () => ({
    status: 'ok',
    service: 'heatline',
    version: '0',
    source: 'none',
    simulated: true,
    uptime_seconds: 1,
    problems: [],
    symbols: {},
    assumptions: {},
  }),
  stats: async () => ({
    active_connections: 0,
    messages_sent_1m: 0,
    slow_consumers: 0,
    subscriptions_by_symbol: {},
    subscriptions_by_channel: {},
    messages_sent_total: 0,
    messages_dropped_total: 0,
    max_connections: 1,
    encodes_total: 0,
  }),
  accuracy: async () => null,
  history: () => ({
    outcome: 'answer',
    etag: '"fuzz"',
    isOver: true,
    read: async () =>
      (async function* () {
        yield Buffer.from('{"data":[]}');
      })(),
  }),
  metrics: async () => ({ contentType: 'text/plain', body: 'up 1\n' }),
  isReady: () => true,
  isStopping: () => false,
};

export class FuzzServer {
  readonly #clients: LocalClients;
  readonly port: number;

  private constructor(clients: LocalClients, port: number) {
    this.#clients = clients;
    this.port = port;
  }

  static async started(): Promise<FuzzServer> {
    const loaded = loadConfig({ argv: [], env: settings, dotenv: {}, workingDirectory: '/', version: '0' });
    if (loaded.outcome !== 'config') throw new Error(loaded.text);
    const { config } = loaded;
    const clients = new LocalClients({
      config,
      logger: pino({ level: 'silent' }),
      channels: new Map(config.symbols.map((symbol) => [symbol, new FrameChannel(5)])),
      news: noNews(...config.symbols),
      desk: deskOf(fuzzViews),
      places: new Places(config.maxConnections),
      replays: noReplays,
    });
    return new FuzzServer(clients, (await clients.listen()).port);
  }

  async activeConnections(): Promise<number> {
    return (await this.#clients.totals()).active;
  }

  async stop(): Promise<void> {
    await this.#clients.sayGoodbye();
    await this.#clients.stop();
  }
}
