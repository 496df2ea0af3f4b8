/**
 * `npm run cluster -- [--nodes 3] [--port 8000] [SETTING=value …]`: Redis, several servers and nginx on this machine, for trying. All is
 * forgotten at the end; Ctrl-C ends it. Needs Debian's redis-server and nginx.
 */
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { isNginxThere, Nginx } from '../tests/support/nginx.ts';
import { isRedisThere, RedisServer } from '../tests/support/redis-server.ts';
import { ServerProcess, temporaryDirectory } from '../tests/support/server-process.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { nodes: { type: 'string', default: '3' }, port: { type: 'string', default: '8000' } },
});
const count = Number(values.nodes);
const port = Number(values.port);
const wrong = positionals.filter((text) => !/^[A-Z_]+=/.test(text));
const missing = [isRedisThere ? [] : 'redis-server', isNginxThere ? [] : 'nginx'].flat();

if (!Number.isInteger(count) || count < 1 || count > 16) fail(`--nodes must be 1–16, not '${values.nodes}'`);
if (!Number.isInteger(port) || port < 1 || port > 65535) fail(`--port must be 1–65535, not '${values.port}'`);
if (wrong.length > 0) fail(`'${wrong[0]}' is no setting: write it as NAME=value`);
if (missing.length > 0) fail(`${missing.join(' and ')} not found: apt-get install ${missing.join(' ')}`);
const settings = Object.fromEntries(positionals.map((text) => text.split(/=(.*)/s, 2)));

const ending: (() => Promise<unknown>)[] = [];
let isEnding = false;
// npm and the terminal may both tell it, and whoever is impatient tells it again: what it started must not be left behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (!isEnding) void end();
    isEnding = true;
  });
}

const redis = await RedisServer.started();
ending.push(() => redis.dispose());
say(`redis-server at ${redis.url}, keys heatmap:*`);
const ports: number[] = [];
for (let number = 1; number <= count; number++) {
  const directory = await temporaryDirectory();
  ending.push(() => directory.dispose());
  const server = await ServerProcess.started({
    DATA_DIR: directory.path,
    REDIS_ENABLED: 'true',
    REDIS_URL: redis.url,
    REDIS_FALLBACK: 'none',
    SIMULATED_HISTORY: '24',
    ...settings,
  }).catch((error: Error) => fail(`node ${number}: ${error.message}`));
  ending.push(() => ended(server));
  void server.exited.then(({ code, signal }) => say(`node ${number} ended (${signal ?? code})`));
  ports.push(server.port);
  say(`node ${number} (process ${server.pid}) at ${server.origin}`);
}
const proxy = await Nginx.started(ports, {}, port).catch((error: Error) => fail(error.message));
ending.push(() => proxy.dispose());
say(`all of them at http://localhost:${port}/ and ws://localhost:${port}/ws/heatmap`);
say('Try: kill -9 a node, look at /health and /ws/stats?scope=cluster; Ctrl-C ends all');
await once(process, 'exit');

async function end(): Promise<never> {
  // Ctrl-C in a terminal reaches all of them; what has begun to stop must not be told again.
  await setTimeout(300);
  for (const one of ending.reverse()) await one();
  process.exit(0);
}

async function ended(server: ServerProcess): Promise<void> {
  if (!server.lines.some(({ event }) => event === 'stopping')) server.signal('SIGTERM');
  await server.exited;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
