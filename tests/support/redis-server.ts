/** A real Redis in a process of its own, on a free port of loopback. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { redisAddress } from '../../src/log/redis-address.ts';
import { connectRedis, type RedisClient, redisClient } from '../../src/log/redis-client.ts';
import { freePort } from './free-port.ts';
import { available } from './require-or-skip.ts';
import { temporaryDirectory } from './server-process.ts';

function isInstalled(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export const isRedisThere = available('redis-server', isInstalled());

export class RedisServer {
  readonly port: number;
  readonly #directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  readonly #flags: readonly string[];
  #child!: ChildProcess;

  private constructor(
    port: number,
    directory: Awaited<ReturnType<typeof temporaryDirectory>>,
    flags: readonly string[],
  ) {
    this.port = port;
    this.#directory = directory;
    this.#flags = flags;
  }

  /** Forgets nothing, unless flags say otherwise. */
  static async started(...flags: string[]): Promise<RedisServer> {
    const redis = new RedisServer(await freePort(), await temporaryDirectory(), flags);
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async connected(timeoutMs = 5000, url = this.url): Promise<RedisClient> {
    const address = redisAddress(url)!;
    const client = redisClient({ address, timeoutMs, failed() {} });
    await connectRedis(client, address);
    return client;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  async start(): Promise<void> {
    const settings = { port: this.port, bind: '127.0.0.1', dir: this.#directory.path, save: '' };
    const durable = { appendonly: 'yes', appendfsync: 'always' };
    const flags = Object.entries({ ...settings, ...durable }).flatMap(([name, value]) => [`--${name}`, String(value)]);
    this.#child = spawn('redis-server', [...flags, ...this.#flags], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: this.#child.stdout! })) {
      if (line.includes('Ready to accept connections')) break;
    }
    this.#child.stdout!.resume();
  }

  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill(signal);
    await once(this.#child, 'exit');
  }

  /** SIGSTOP and SIGCONT. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async dispose(): Promise<void> {
    await this.stop();
    await this.#directory.dispose();
  }
}
