/** A real nginx in front of several servers, on a free port of loopback. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { available } from './require-or-skip.ts';
import { temporaryDirectory } from './server-process.ts';

function isInstalled(): boolean {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export const isNginxThere = available('nginx', isInstalled());

export class Nginx {
  readonly port: number;
  readonly #directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  readonly #child: ChildProcess;

  private constructor(port: number, directory: Awaited<ReturnType<typeof temporaryDirectory>>, child: ChildProcess) {
    this.port = port;
    this.#directory = directory;
    this.#child = child;
  }

  static async started(servers: readonly number[]): Promise<Nginx> {
    const directory = await temporaryDirectory();
    const port = await freePort();
    const file = join(directory.path, 'nginx.conf');
    await writeFile(file, configuration(directory.path, port, servers));
    const child = spawn('nginx', ['-c', file, '-p', directory.path], { stdio: ['ignore', 'inherit', 'inherit'] });
    while (!(await answers(port))) await setTimeout(20);
    return new Nginx(port, directory, child);
  }

  async dispose(): Promise<void> {
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
    await this.#directory.dispose();
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A server that drops its clients is not taken for dead (`max_fails`): when all did so at once, nobody would be let in anywhere. */
function configuration(directory: string, port: number, servers: readonly number[]): string {
  return `daemon off; worker_processes 1; pid ${directory}/pid; error_log ${directory}/error.log;
events { worker_connections 8192; }
http {
  access_log off; client_body_temp_path ${directory}; proxy_temp_path ${directory};
  fastcgi_temp_path ${directory}; uwsgi_temp_path ${directory}; scgi_temp_path ${directory};
  upstream heatline { least_conn; ${servers.map((server) => `server 127.0.0.1:${server} max_fails=0;`).join(' ')} }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://heatline; proxy_http_version 1.1;
      proxy_set_header Host $host; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";
      proxy_connect_timeout 1s; proxy_read_timeout 24h; proxy_next_upstream error timeout http_503;
    }
  }
}
`;
}
