/** Everyone who is measured, and who cannot be on this machine and why. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startFlags } from '../../tests/support/server-process.ts';

export interface Rival {
  readonly name: string;
  readonly command: readonly string[];
  readonly isDeflated: boolean;
  /** What a client sends after the upgrade. */
  readonly hello: string;
  readonly path: string;
  /** Greetings before the frames that count. */
  readonly skip: number;
  /** Frames it is given, as a share of what the cheap ones are given. */
  readonly effort: number;
  /** Whether it tells its memory before it has clients. */
  readonly tellsMemory: boolean;
}

export interface Missing {
  readonly name: string;
  readonly why: string;
}

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = fileURLToPath(new URL('../rivals/', import.meta.url));
/** All clients say the same, whether the server cares or not: a TCP connection that has carried data both ways costs more. */
const subscribe = '{"action":"subscribe","symbols":["BTCUSDT"],"update_interval":1}';

const common = {
  hello: subscribe,
  path: '/ws/heatmap',
  skip: 0,
  effort: 1,
  isDeflated: false,
  tellsMemory: true,
};

/** @param writeServer the compiled limit. */
export function rivals(writeServer: string, payload: string, clients: number): { found: Rival[]; missing: Missing[] } {
  const args = [payload, String(clients)];
  const node = [process.execPath, '--expose-gc'];
  // As `npm start` runs it.
  const heatline = [...node, ...startFlags, `${here}heatline-server.ts`, ...args];
  const ws = (way: string, compression = '') => [...node, `${here}ws-server.ts`, ...args, way, compression];
  const found: Rival[] = [
    { ...common, name: 'C, write() only', command: [writeServer, ...args], tellsMemory: false },
    { ...common, name: 'heatline', command: heatline },
    { ...common, name: 'heatline, deflate', command: heatline, isDeflated: true },
    { ...common, name: 'ws, one string', command: ws('string') },
    { ...common, name: 'ws, stringify each', command: ws('stringify'), effort: 0.3 },
    { ...common, name: 'ws, one string, deflate', command: ws('string', 'deflate'), isDeflated: true, effort: 0.1 },
  ];
  const missing: Missing[] = [];
  if (existsSync(`${folder}node_modules/socket.io`)) {
    found.push({
      ...common,
      name: 'socket.io room',
      command: [...node, `${folder}socketio-server.js`, ...args],
      hello: '40',
      path: '/socket.io/?EIO=4&transport=websocket',
      skip: 2,
      effort: 0.5,
    });
  } else missing.push({ name: 'socket.io', why: 'not installed: npm ci --prefix bench/rivals' });
  const uwsNode = [process.execPath, '/usr/local/bin/node', '/usr/bin/node'].find(loadsMicroWebSockets);
  if (uwsNode === undefined) {
    const isInstalled = existsSync(`${folder}node_modules/uwebsockets`);
    const why = isInstalled
      ? 'no Node here loads it: on Node 24 it needs glibc 2.38; put Node 20 at /usr/bin/node'
      : 'not installed: npm ci --prefix bench/rivals';
    missing.push({ name: 'µWebSockets', why });
  } else {
    const command = [uwsNode, '--expose-gc', `${folder}uws-server.js`, ...args];
    found.push({ ...common, name: 'µWebSockets publish', command });
    const deflate = { command: [...command, 'deflate'], isDeflated: true, effort: 0.1 };
    found.push({ ...common, name: 'µWebSockets publish, deflate', ...deflate });
  }
  if (loads('/usr/bin/python3', ['-c', 'import fastapi, uvicorn, websockets'])) {
    const command = ['/usr/bin/python3', `${folder}fastapi_server.py`, ...args];
    found.push({ ...common, name: 'FastAPI send_json', command, effort: 0.1 });
  } else missing.push({ name: 'FastAPI', why: 'apt-get install python3-fastapi python3-uvicorn python3-websockets' });
  return { found, missing };
}

function loadsMicroWebSockets(node: string): boolean {
  return existsSync(node) && loads(node, ['-e', `require(${JSON.stringify(`${folder}node_modules/uwebsockets`)})`]);
}

function loads(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
