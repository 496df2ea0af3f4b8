/** The requirement document's clients and commands, as written there, against the running server. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snapshotSchema } from '../../src/protocol/server-message.ts';
import { at, isQuickstartThere, samples } from '../support/quickstart.ts';
import { available } from '../support/require-or-skip.ts';
import { projectRoot, ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

const run = promisify(execFile);
const python = '/usr/bin/python3';
const wscat = join(projectRoot, 'node_modules/.bin/wscat');

async function hasPythonModule(name: string): Promise<boolean> {
  return run(python, ['-c', `import ${name}`]).then(
    () => true,
    () => false,
  );
}

const isDocumentThere = available('../shared/quickstart.md', isQuickstartThere);
const hasWebsockets = available("Debian's python3-websockets", await hasPythonModule('websockets'));
const hasHttpx = available("Debian's python3-httpx", await hasPythonModule('httpx'));
const hasCurl = available('curl', existsSync('/usr/bin/curl'));

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let server: ServerProcess;

beforeAll(async () => {
  directory = await temporaryDirectory();
  server = await ServerProcess.started({ DATA_DIR: directory.path, SIMULATED_HISTORY: '1', WS_UPDATE_INTERVAL: '1' });
}, 30_000);

afterAll(async () => {
  await server?.stop();
  await directory?.dispose();
});

/** Starts a client that never ends by itself and ends it when its output fits. */
async function outputOf(child: ChildProcess, fits: (output: string) => boolean): Promise<string> {
  let output = '';
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.stderr?.on('data', (text) => {
    output += text;
  });
  for await (const line of createInterface({ input: child.stdout! })) {
    output += `${line}\n`;
    if (fits(output)) break;
  }
  child.kill();
  await ended;
  return output;
}

describe.skipIf(!isDocumentThere)('the samples of quickstart.md', () => {
  it.skipIf(!hasWebsockets)('section 3: the Python websockets client prints snapshots', async () => {
    const sample = samples('3. Python Client', 'python').find((code) => code.includes('websockets.connect'))!;
    const child = spawn(python, ['-u', '-c', at(sample, server.port)], { stdio: ['ignore', 'pipe', 'pipe'] });
    const output = await outputOf(child, (text) => (text.match(/Levels:/g) ?? []).length >= 2);
    expect(output).toMatch(/^Snapshot for BTCUSDT:\n {2}Price: \d+(\.\d+)?\n {2}Levels: \d+\n/);
  });

  it.skipIf(!hasHttpx)('section 3: the httpx client reads the stats, with the fields of the document', async () => {
    const sample = samples('3. Python Client', 'python').find((code) => code.includes('httpx.get'))!;
    const { stdout } = await run(python, ['-c', at(sample, server.port)]);
    const stats = JSON.parse(stdout.replaceAll("'", '"'));
    expect(stats).toMatchObject({
      active_connections: expect.any(Number),
      messages_sent_1m: expect.any(Number),
      slow_consumers: 0,
      subscriptions_by_symbol: { BTCUSDT: expect.any(Number), ETHUSDT: expect.any(Number) },
    });
  });

  it('section 2: the JavaScript client gets levels for its chart', async () => {
    const [sample] = samples('2. JavaScript Client', 'javascript');
    const chart =
      'function updateChart(levels) { console.log("chart", levels.length, Object.keys(levels[0]).join()); }\n';
    const child = spawn(process.execPath, ['-e', chart + at(sample!, server.port)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = await outputOf(child, (text) => text.includes('chart'));
    expect(output).toContain('Connected!');
    expect(output).toContain('New snapshot for BTCUSDT:');
    expect(output).toMatch(/chart \d+ price,long_density,short_density/);
  });

  it('section 4: wscat, with the two messages of the document', async () => {
    const messages = samples('4. Command-Line Testing', 'bash')
      .find((code) => code.includes('wscat -c'))!
      .split('\n')
      .filter((line) => line.startsWith('> '))
      .flatMap((line) => ['-x', line.slice(2)]);
    expect(messages).toHaveLength(4);
    const child = spawn(wscat, ['--no-color', '-c', server.url, ...messages, '-w', '-1'], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output = await outputOf(child, (text) => text.includes('"snapshot"') && text.includes('"pong"'));
    expect(output).toMatch(/"type":"snapshot","symbol":"BTCUSDT"/);
    expect(output).toMatch(/"type":"pong","timestamp":"\d{4}-\d\d-\d\dT[\d:.]+Z"/);
  });

  it.skipIf(!hasCurl)('section 7: curl finds the server healthy and the socket’s door answering', async () => {
    const [commands] = samples('7. Troubleshooting', 'bash');
    const [health, upgrade] = at(commands!, server.port)
      .split(/^# .*$/m)
      .map((command) => command.trim())
      .filter((command) => command !== '');
    const { stdout } = await run('bash', ['-c', `${health} --silent`]);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'ok',
      service: 'heatline',
      source: 'simulated',
      simulated: true,
    });
    const answer = await run('bash', ['-c', upgrade!]);
    expect(answer.stderr).toContain('< HTTP/1.1 400 Bad Request');
    expect(answer.stdout.trim().split('\n')).toHaveLength(1);
  });

  it('section 5: the message examples, field by field', async () => {
    const [subscribe, unsubscribe, snapshot, error] = samples('5. Message Examples', 'json').map((text) =>
      JSON.parse(text),
    );
    const client = await TestClient.connected(server.url);
    client.send(subscribe);
    for (const symbol of subscribe.symbols) {
      const received = await client.snapshot((message) => message.symbol === symbol);
      expectSameShape(received, { ...snapshot, symbol });
      expect(snapshotSchema.safeParse(received).success).toBe(true);
    }
    client.send({ action: 'subscribe', symbols: ['XYZUSDT'] });
    expect(await client.message(({ type }) => type === 'error')).toEqual(error);

    client.send(unsubscribe);
    client.send({ action: 'ping' });
    await client.message(({ type }) => type === 'pong');
    const heard = client.snapshots.length;
    await client.snapshot((message) => client.snapshots.indexOf(message) >= heard + 1);
    expect(new Set(client.snapshots.slice(heard).map(({ symbol }) => symbol))).toEqual(new Set(['BTCUSDT']));
    await client.close();
  });
});

/** All of the example's fields, with values of the same kind; more fields may be there. */
function expectSameShape(received: unknown, example: unknown, path = 'message'): void {
  expect(typeof received, path).toBe(typeof example);
  if (Array.isArray(example)) {
    expect(Array.isArray(received), path).toBe(true);
    for (const [i, item] of (received as unknown[]).entries()) expectSameShape(item, example[0], `${path}[${i}]`);
  } else if (typeof example === 'object' && example !== null) {
    for (const [key, value] of Object.entries(example)) {
      expectSameShape((received as Record<string, unknown>)[key], value, `${path}.${key}`);
    }
  }
}
