/** What a client can do wrong, on a real socket: it gets the error the protocol names, and everyone else's stream goes on. */
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let server: ServerProcess;
let bystander: TestClient;
let heardBefore = 0;

beforeAll(async () => {
  directory = await temporaryDirectory();
  server = await ServerProcess.started({
    DATA_DIR: directory.path,
    SIMULATED_HISTORY: '1',
    WS_UPDATE_INTERVAL: '1',
    WS_HEARTBEAT_INTERVAL: '1',
    HTTP_HEADERS_TIMEOUT: '1',
    WS_SLOW_CONSUMER_TIMEOUT: '0.2',
    WS_STUCK_TIMEOUT: '1',
    // Asked well before the heartbeat, which is short here, would take silence for absence.
    WS_ACK_SAMPLE: '0.1',
  });
  bystander = await TestClient.subscribed(server.url, ['BTCUSDT', 'ETHUSDT']);
}, 30_000);

afterAll(async () => {
  await bystander.close();
  await server.stop();
  await directory.dispose();
});

beforeEach(() => {
  heardBefore = bystander.messages.length;
});

/** The bystander's stream: new snapshots of both symbols, in order, and nothing but snapshots. */
afterEach(async () => {
  const isNew = (symbol: string) => (message: { type: string; symbol?: string }) =>
    message.symbol === symbol && bystander.messages.indexOf(message as never) >= heardBefore;
  await Promise.all(['BTCUSDT', 'ETHUSDT'].map((symbol) => bystander.message(isNew(symbol) as never)));
  expect(bystander.messages.filter(({ type }) => type !== 'snapshot')).toEqual([]);
  for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
    const seqs = bystander.snapshots.filter((snapshot) => snapshot.symbol === symbol).map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  }
});

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const subscribe = (symbols: unknown) => JSON.stringify({ action: 'subscribe', symbols });
const eleven = Array.from({ length: 11 }, (_, i) => `SYM${i}`);

describe('a message', () => {
  it.each<[string, string | Buffer, string, RegExp]>([
    ['that is not JSON', 'hello', 'INVALID_MESSAGE', /not JSON/],
    ['that is binary', Buffer.from([1, 2, 3]), 'INVALID_MESSAGE', /[Bb]inary/],
    ['that is an array', '[1]', 'INVALID_MESSAGE', /an array/],
    ['that nests 100,000 deep', nested(100_000), 'INVALID_MESSAGE', /characters/],
    ['that nests 30,000 deep', nested(30_000), 'INVALID_MESSAGE', /an array/],
    ['with 11 symbols', subscribe(eleven), 'INVALID_MESSAGE', /1 to 10/],
    ['with a symbol that is a number', subscribe([7]), 'INVALID_MESSAGE', /symbols\.0.*string/],
    [
      'with a symbol in lower case',
      subscribe(['btcusdt']),
      'INVALID_SYMBOL',
      /^Symbol 'btcusdt' not supported\. Valid: BTCUSDT, ETHUSDT$/,
    ],
    ['with the symbol __proto__', subscribe(['__proto__']), 'INVALID_SYMBOL', /^Symbol '__proto__' not supported/],
    ['with an unknown action', '{"action":"buy"}', 'INVALID_ACTION', /'buy'.*subscribe, unsubscribe, replay, ping/],
    [
      'with a mode that is not offered',
      '{"action":"subscribe","symbols":["BTCUSDT"],"mode":"deltas"}',
      'INVALID_MESSAGE',
      /'mode'/,
    ],
  ])('%s gets its error, and the connection goes on', async (_what, message, code, text) => {
    const client = await TestClient.connected(server.url);
    client.socket.send(message);
    expect(await client.message(({ type }) => type === 'error')).toMatchObject({
      code,
      message: expect.stringMatching(text),
    });
    client.send({ action: 'ping' });
    await client.message(({ type }) => type === 'pong');
    await client.close();
  });

  it('that names a symbol twice subscribes it once', async () => {
    const client = await TestClient.connected(server.url);
    client.send({ action: 'subscribe', symbols: ['BTCUSDT', 'BTCUSDT'], id: 'twice' });
    expect(await client.message(({ type }) => type === 'ack')).toMatchObject({ symbols: ['BTCUSDT'] });
    await client.snapshot();
    expect((await server.json('/ws/stats')).subscriptions_by_symbol).toMatchObject({ BTCUSDT: 2, ETHUSDT: 1 });
    await client.close();
  });

  it('of 17 MiB closes its connection with 1009', async () => {
    const client = await TestClient.connected(server.url);
    client.socket.send('x'.repeat(17 * 1024 * 1024));
    expect((await client.closed).code).toBe(1009);
  });

  it('that is not UTF-8 closes its connection with 1007', async () => {
    const client = await TestClient.connected(server.url);
    client.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect((await client.closed).code).toBe(1007);
  });

  it('after message is refused beyond the rate, once aloud, and then the connection is closed with 4429', async () => {
    const client = await TestClient.connected(server.url);
    for (let i = 0; i < 200; i++) client.send({ action: 'ping' });
    expect(await client.closed).toEqual({ code: 4429, reason: 'Too many messages' });
    const refusals = client.messages.filter((message) => message.type === 'error');
    expect(refusals.map(({ code }) => code).slice(0, 1)).toEqual(refusals.length > 0 ? ['RATE_LIMITED'] : []);
    expect(refusals.length).toBeLessThanOrEqual(1);
  });
});

describe('a connection', () => {
  const rawSocket = (text: string) =>
    new Promise<Socket>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => {
        socket.write(text);
        resolve(socket);
      });
      socket.on('error', () => {});
    });
  const upgrade = [
    'GET /ws/heatmap HTTP/1.1',
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    '',
    '',
  ].join('\r\n');
  const gone = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));

  it('that says nothing at all is ended', async () => {
    const socket = await rawSocket('');
    socket.resume();
    await gone(socket);
  });

  it('that upgrades and then neither speaks nor answers is cut off', async () => {
    const socket = await rawSocket(upgrade);
    socket.resume();
    await gone(socket);
    // Only the bystander is left once the supervisor has heard of it.
    await until(async () => (await server.json('/ws/stats')).active_connections === 1);
  });

  it('that says nothing but answers stays', async () => {
    const client = await TestClient.connected(server.url);
    let beats = 0;
    await new Promise<void>((resolve) => client.socket.on('ping', () => ++beats === 3 && resolve()));
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    await client.close();
  });

  it('whose client is gone without a word does not stay in the count', async () => {
    const client = await TestClient.subscribed(server.url, ['ETHUSDT']);
    await client.snapshot();
    client.socket.terminate();
    await until(async () => (await server.json('/ws/stats')).active_connections === 1);
    expect((await server.json('/ws/stats')).subscriptions_by_symbol).toEqual({ BTCUSDT: 1, ETHUSDT: 1 });
  });

  it('that stops reading is counted as slow and closed with 4408 in the end', async () => {
    const client = await TestClient.subscribed(server.url, ['BTCUSDT'], { update_interval: 1 });
    await client.snapshot();
    client.socket.pause();
    await until(async () => Number((await server.json('/ws/stats')).slow_consumers) === 1);
    await until(async () => (await server.json('/ws/stats')).slow_consumers === 0);
    client.socket.resume();
    expect(await client.closed).toMatchObject({ code: 4408 });
  });
});

/** Asks again until it is so; the test's timeout is the bound. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo()));
}
