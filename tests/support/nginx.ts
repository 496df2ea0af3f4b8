/** A real nginx from `deploy/nginx.conf`, on loopback: its port and its nodes are others, and its files are in a folder of the test. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.ts';
import { available } from './require-or-skip.ts';
import { projectRoot, temporaryDirectory } from './server-process.ts';

/** Debian has it where only root looks. */
const path = `${process.env.PATH}:/usr/sbin`;

function isInstalled(): boolean {
  try {
    execFileSync('nginx', ['-v'], { env: { PATH: path }, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export const isNginxThere = available('nginx', isInstalled());

export class Nginx {
  readonly port: number;
  readonly #directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  #child: ChildProcess | null = null;

  private constructor(port: number, directory: Awaited<ReturnType<typeof temporaryDirectory>>) {
    this.port = port;
    this.#directory = directory;
  }

  /**
   * @param nodePorts of the servers, in place of the nodes that the file names.
   * @param changes of the file's text, such as a shorter timeout. What is not there cannot be replaced.
   * @param port any that is free unless given.
   */
  static async made(
    nodePorts: readonly number[],
    changes: Readonly<Record<string, string>> = {},
    port?: number,
  ): Promise<Nginx> {
    const proxy = new Nginx(port ?? (await freePort()), await temporaryDirectory());
    // The workers of a root's nginx are another user, and spool long answers there.
    chmodSync(proxy.#directory.path, 0o755);
    writeFileSync(proxy.#file, proxy.#configuration(nodePorts, changes));
    return proxy;
  }

  static async started(...how: Parameters<typeof Nginx.made>): Promise<Nginx> {
    const proxy = await Nginx.made(...how);
    await proxy.#start();
    return proxy;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/ws/heatmap`;
  }

  /** What `nginx -t` says. @throws when it refuses the file. */
  check(): string {
    return execFileSync('sh', ['-c', 'exec nginx "$@" 2>&1', 'nginx', ...this.#argv, '-t'], {
      env: { PATH: path },
      encoding: 'utf8',
    });
  }

  async dispose(): Promise<void> {
    const child = this.#child;
    if (child !== null && child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await this.#directory.dispose();
  }

  get #file(): string {
    return join(this.#directory.path, 'nginx.conf');
  }

  get #argv(): string[] {
    return ['-p', this.#directory.path, '-c', this.#file, '-e', 'stderr', '-g', `pid ${this.#directory.path}/pid;`];
  }

  async #start(): Promise<void> {
    const argv = [...this.#argv.slice(0, -1), `${this.#argv.at(-1)} daemon off; error_log stderr notice;`];
    const child = spawn('nginx', argv, { env: { PATH: path }, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stderr })) {
      lines.push(line);
      if (line.includes('start worker processes')) break;
    }
    child.stderr.resume();
    if (!lines.at(-1)?.includes('start worker processes')) throw new Error(`nginx ended: ${lines.join(' ')}`);
  }

  #configuration(nodePorts: readonly number[], changes: Readonly<Record<string, string>>): string {
    const own = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (kind) => `${kind}_temp_path ${this.#directory.path}/${kind};`,
    );
    const text = readFileSync(join(projectRoot, 'deploy/nginx.conf'), 'utf8');
    const [nodes, node] = /( +server node-\d+:8000 .+\n)+/.exec(text)!;
    const all: Readonly<Record<string, string>> = {
      'http {': `http {\n  access_log off;\n  ${own.join('\n  ')}`,
      'listen 80;': `listen 127.0.0.1:${this.port};`,
      [nodes!]: nodePorts.map((port) => node!.replace(/node-\d+:8000/, `127.0.0.1:${port}`)).join(''),
      ...changes,
    };
    return Object.entries(all).reduce((changed, [from, to]) => {
      if (!changed.includes(from)) throw new Error(`deploy/nginx.conf does not say '${from}'`);
      return changed.replace(from, to);
    }, text);
  }
}
