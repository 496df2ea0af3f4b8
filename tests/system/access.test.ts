/** Access control of the whole server: every way to show a credential, revocation, renewal and limits, and a log that tells none of it. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { HeatmapWebSocket } from '../../src/client/heatmap-websocket.ts';
import { audience, issuer, sha256Of, TokenIssuer, writeKeys } from '../support/credentials.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let server: ServerProcess;

beforeEach(async () => {
  directory = await temporaryDirectory();
});

afterEach(async () => {
  server.signal('SIGKILL');
  await server.exited;
  await directory.dispose();
});

const secret = 'key-of-the-desk-3f9a6c';
const desk = { name: 'desk', sha256: sha256Of(secret) };

async function start(settings: Record<string, string>): Promise<void> {
  server = await ServerProcess.started({
    DATA_DIR: `${directory.path}/data`,
    WS_UPDATE_INTERVAL: '1',
    SIMULATED_HISTORY: '1',
    ...settings,
  });
}

async function tokenSettings(by: TokenIssuer): Promise<Record<string, string>> {
  return {
    ACCESS_JWT_KEYS: by.writeJwks(directory.path),
    ACCESS_JWT_ISSUER: issuer,
    ACCESS_JWT_AUDIENCE: audience,
  };
}

const withKey = (key = secret) => TestClient.connected(`${server.url}?access_token=${key}`);
const nowSeconds = () => Math.floor(Date.now() / 1000);

describe.each(['1', '2'])('with %s connection thread(s)', (WS_THREADS) => {
  it('holders of a key are served and others are not, and a key that is taken away closes what it opened', async () => {
    await start({
      WS_THREADS,
      ACCESS_KEYS_FILE: writeKeys(directory.path, [desk, { ...desk, sha256: sha256Of('other') }]),
    });
    await expect(TestClient.connected(server.url)).rejects.toThrow('401');
    const clients = await Promise.all(Array.from({ length: 8 }, () => withKey()));
    const other = await withKey('other');
    clients[0]!.send({ action: 'subscribe', symbols: ['BTCUSDT'] });
    await clients[0]!.snapshot();
    writeKeys(directory.path, [{ ...desk, sha256: sha256Of('other') }]);
    for (const client of clients) expect(await client.closed).toEqual({ code: 4401, reason: 'Credential revoked' });
    other.send({ action: 'subscribe', symbols: ['BTCUSDT'] });
    await other.snapshot();
    await expect(withKey()).rejects.toThrow('401');
  });
});

describe('a token', () => {
  it('that expires is announced, can be renewed in place, and closes with 4401 when it is not', async () => {
    const by = await TokenIssuer.made();
    await start({ ...(await tokenSettings(by)), ACCESS_EXPIRY_WARNING: '3600' });
    // Clocks may differ by 5 s: this one has 2 or 3 left.
    const short = () => by.token({}, nowSeconds() - 2);
    const client = await TestClient.connected(`${server.url}?access_token=${await short()}`);
    await client.message((message) => message.type === 'warning' && message.code === 'CREDENTIAL_EXPIRES');
    client.send({ action: 'authenticate', token: await by.token({ sub: 'mallory' }) });
    const refusal = await client.message(({ type }) => type === 'error');
    expect(refusal).toMatchObject({ code: 'NOT_AUTHENTICATED', message: expect.stringContaining('somebody else') });
    const until = nowSeconds() + 1000;
    client.send({ action: 'authenticate', token: await by.token({}, until), id: 'again' });
    expect(await client.message(({ type }) => type === 'ack')).toMatchObject({
      id: 'again',
      action: 'authenticate',
      expires_at: new Date((until + 5) * 1000).toISOString(),
    });
    client.send({ action: 'authenticate', token: await short(), id: 'short' });
    expect(await client.closed).toEqual({ code: 4401, reason: 'Credential expired' });
  });

  it('is renewed by the client library, whose pictures go on', async () => {
    const by = await TokenIssuer.made();
    await start({ ...(await tokenSettings(by)), ACCESS_EXPIRY_WARNING: '3600' });
    let asked = 0;
    const token = () => (asked++ === 0 ? by.token({}, nowSeconds() - 2) : by.token({}, nowSeconds() + 7200));
    const statuses: string[] = [];
    const seqs = await new Promise<Set<number>>((resolve) => {
      const seen = new Set<number>();
      const startedAt = Date.now();
      const client = new HeatmapWebSocket(server.url, {
        token,
        onStatusChange: (status) => statuses.push(status),
        // Past the end of the first token, without another connection.
        onSnapshot: ({ seq }) => seen.add(seq!).size > 1 && Date.now() > startedAt + 3500 && resolve(seen),
      });
      onTestFinished(() => client.disconnect());
      client.subscribe(['BTCUSDT']);
      client.connect();
    });
    expect(seqs.size).toBeGreaterThan(1);
    expect(asked).toBe(2);
    expect(statuses).toEqual(['connecting', 'connected']);
  });
});

describe('a key', () => {
  it('has its limits: connections at once, and messages of all of them together', async () => {
    await start({
      ACCESS_KEYS_FILE: writeKeys(directory.path, [{ ...desk, max_connections: 2, messages_per_second: 1 }]),
    });
    const [first, second] = [await withKey(), await withKey()];
    await expect(withKey()).rejects.toThrow('429');
    for (const client of [first, second]) for (let i = 0; i < 3; i++) client.send({ action: 'ping' });
    await second.message((message) => message.type === 'error' && message.code === 'RATE_LIMITED');
    const pongs = [first, second].flatMap(({ messages }) => messages).filter(({ type }) => type === 'pong');
    expect(pongs.length).toBeGreaterThanOrEqual(1);
    expect(pongs.length).toBeLessThan(6);
  });
});

describe('the log', () => {
  it('holds no credential, however it came and whatever was wrong with it', async () => {
    const by = await TokenIssuer.made();
    const keysFile = writeKeys(directory.path, [desk]);
    await start({ LOG_LEVEL: 'trace', ACCESS_KEYS_FILE: keysFile, ...(await tokenSettings(by)) });
    const token = await by.token();
    const old = await by.token({}, 1000);
    const credentials = [secret, token, old, 'no-such-key-77b1'];
    for (const credential of credentials) {
      const query = `access_token=${credential}`;
      for (const path of ['/health', '/nothing', '/liquidations/heatmap-timeseries', '//x', '/ws/heatmap']) {
        const headers = { Authorization: `Bearer ${credential}` };
        const answers = [
          await fetch(`${server.origin}${path}?${query}`),
          await fetch(server.origin + path, { headers }),
        ];
        for (const answer of answers) {
          expect(await answer.text()).not.toContain(credential);
          expect(JSON.stringify([...answer.headers])).not.toContain(credential);
        }
      }
      const attempts = [
        () => new WebSocket(`${server.url}?${query}`),
        () => new WebSocket(`${server.origin.replace('http', 'ws')}/elsewhere?${query}`),
        () => new WebSocket(server.url, ['heatline', `heatline.bearer.${credential}`]),
        () => new WebSocket(server.url, [`heatline.bearer.${credential}`]),
        () =>
          new WebSocket(server.url, {
            headers: { Authorization: `Bearer ${credential}`, 'Sec-WebSocket-Version': '8' },
          }),
      ];
      for (const attempt of attempts) {
        const socket = attempt();
        await new Promise((resolve) => socket.once('open', resolve).on('error', resolve));
        if (socket.readyState === socket.OPEN) {
          socket.send(JSON.stringify({ action: 'authenticate', token: credential }));
          socket.send(JSON.stringify({ action: 'authenticate', token: [credential] }));
          socket.send(JSON.stringify({ action: 'ping' }));
          await new Promise((resolve) => socket.once('message', resolve));
        }
        socket.terminate();
      }
    }
    expect(await server.stop()).toMatchObject({ code: 0 });
    const said = server.output + server.errors;
    expect(server.lines.some(({ event }) => event === 'upgrade_refused')).toBe(true);
    for (const credential of credentials) {
      expect(said).not.toContain(credential);
      expect(said).not.toContain(credential.split('.').at(-1)!);
    }
    expect(readFileSync(keysFile, 'utf8')).not.toContain(secret);
  });
});

describe('a start', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['a file of keys that is not there', { ACCESS_KEYS_FILE: '/nowhere/keys.json' }, /^ACCESS_KEYS_FILE: '\/nowhere/],
    [
      'the same in threads',
      { ACCESS_KEYS_FILE: '/nowhere/keys.json', WS_THREADS: '2' },
      /ACCESS_KEYS_FILE: '\/nowhere/,
    ],
    ['tokens without an issuer', { ACCESS_JWT_KEYS: '/k', ACCESS_JWT_AUDIENCE: 'a' }, /ACCESS_JWT_ISSUER/],
    ['an issuer without keys, which would leave all open', { ACCESS_JWT_ISSUER: 'i' }, /ACCESS_JWT_KEYS/],
    ['a slip in the name', { ACCESS_KEY_FILE: '/k' }, /did you mean ACCESS_KEYS_FILE/],
  ])('with %s ends with 1 and the reason', async (_what, settings, reason) => {
    server = new ServerProcess({ DATA_DIR: `${directory.path}/data`, ...settings });
    expect(await server.exited).toMatchObject({ code: 1 });
    expect(server.errors).toMatch(reason);
  });
});
