/** Several real servers on one real Redis, each over a link of its own that can be cut, behind a real nginx. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../tests/support/free-port.ts';
import { Nginx } from '../../tests/support/nginx.ts';
import { RedisServer } from '../../tests/support/redis-server.ts';
import { ServerProcess } from '../../tests/support/server-process.ts';
import { TcpLink } from '../../tests/support/tcp-link.ts';

export const symbols = ['BTCUSDT', 'ETHUSDT'];
export const leaseMs = 1000;
const maxConnections = 4000;

export class ClusterNode {
  readonly link: TcpLink;
  readonly #port: number;
  readonly #directory: string;
  readonly #settings: Readonly<Record<string, string>>;
  server!: ServerProcess;

  constructor(link: TcpLink, port: number, directory: string, settings: Readonly<Record<string, string>>) {
    this.link = link;
    this.#settings = settings;
    this.#port = port;
    this.#directory = directory;
  }

  get port(): number {
    return this.#port;
  }

  async start(): Promise<void> {
    this.server = await ServerProcess.started({
      PORT: String(this.#port),
      DATA_DIR: this.#directory,
      REDIS_ENABLED: 'true',
      REDIS_URL: `redis://127.0.0.1:${this.link.port}`,
      REDIS_LEASE: String(leaseMs / 1000),
      REDIS_TIMEOUT: '1',
      REDIS_FALLBACK: 'none',
      SYMBOLS: symbols.join(','),
      SIMULATED_HISTORY: '0.2',
      WS_UPDATE_INTERVAL: '0.2',
      WS_MAX_CONNECTIONS: String(maxConnections),
      ...this.#settings,
    });
  }

  /** Whether it says that it writes the symbol; false when it says nothing. */
  async writes(symbol: string): Promise<boolean> {
    type Health = { symbols: Record<string, { role: string }> };
    const asked = fetch(`http://127.0.0.1:${this.#port}/health`, { signal: AbortSignal.timeout(1000) });
    const health = await asked.then((answer) => answer.json() as Promise<Health>).catch(() => null);
    return health?.symbols[symbol]?.role === 'writer';
  }
}

export class ClusterStage {
  readonly redis: RedisServer;
  readonly nginx: Nginx;
  readonly nodes: readonly ClusterNode[];
  readonly #root: string;

  private constructor(redis: RedisServer, nginx: Nginx, nodes: readonly ClusterNode[], root: string) {
    this.redis = redis;
    this.nginx = nginx;
    this.nodes = nodes;
    this.#root = root;
  }

  /** @param settings beside those of the stage. */
  static async begin(count: number, settings: Readonly<Record<string, string>> = {}): Promise<ClusterStage> {
    const root = await mkdtemp(join(tmpdir(), 'heatline-cluster-'));
    const redis = await RedisServer.started();
    const nodes: ClusterNode[] = [];
    for (let i = 0; i < count; i++) {
      nodes.push(new ClusterNode(await TcpLink.to(redis.port), await freePort(), join(root, `node-${i}`), settings));
    }
    for (const node of nodes) await node.start();
    return new ClusterStage(redis, await Nginx.started(nodes.map(({ port }) => port)), nodes, root);
  }

  get url(): string {
    return `ws://127.0.0.1:${this.nginx.port}/ws/heatmap`;
  }

  /** The node that writes the symbol; waits until there is one. */
  async writer(symbol: string): Promise<ClusterNode> {
    for (;;) {
      for (const node of this.nodes) if (await node.writes(symbol)) return node;
    }
  }

  async end(): Promise<void> {
    await this.nginx.dispose();
    for (const { server, link } of this.nodes) {
      server.signal('SIGCONT');
      await server.stop('SIGKILL');
      await link.close();
    }
    await this.redis.dispose();
    await rm(this.#root, { recursive: true, force: true });
  }
}
