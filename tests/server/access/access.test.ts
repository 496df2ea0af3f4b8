/** Access control on real sockets: who is let in, by which credential, and what the others are told. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { Access, type AccessOptions } from '../../../src/server/access/access.ts';
import { audience, issuer, sha256Of, TokenIssuer, writeKeys } from '../../support/credentials.ts';
import { temporaryDirectory } from '../../support/server-process.ts';
import { closeOf, exchange, host, openClient, startServer, upgradeText } from '../harness.ts';

let directory: string;
let dispose: () => Promise<void>;
const reloads: string[] = [];
const failures: string[] = [];

beforeEach(async () => {
  const made = await temporaryDirectory();
  directory = made.path;
  dispose = () => made.dispose();
  reloads.length = 0;
  failures.length = 0;
});
afterEach(() => dispose());

async function start(changes: Partial<AccessOptions>) {
  const observer = {
    reloaded: (_file: string, revoked: number) => void reloads.push(`${revoked}`),
    reloadFailed: (_file: string, error: Error) => void failures.push(error.message),
  };
  const options = { keysFile: null, tokens: null, maxConnections: 0, messagesPerSecond: 0, expiryWarningMs: 60_000 };
  const access = new Access({ ...options, ...changes }, observer);
  onTestFinished(() => access.stop());
  await access.start();
  return startServer({ access });
}

const keys = (...lines: { name: string; key: string; scopes?: string[]; max_connections?: number }[]) =>
  writeKeys(
    directory,
    lines.map(({ key, ...line }) => ({ ...line, sha256: sha256Of(key) })),
  );

describe('a request', () => {
  it('without a credential is 401 with the way to show one, but for what is open', async () => {
    const { origin } = await start({ keysFile: keys({ name: 'desk', key: 'k1' }) });
    for (const path of ['/health', '/ws/stats', '/metrics', '/liquidations/heatmap-timeseries', '/nothing']) {
      const response = await fetch(origin + path);
      expect([path, response.status]).toEqual([path, 401]);
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="heatline"');
      expect(await response.json()).toMatchObject({ code: 'NOT_AUTHENTICATED' });
    }
    for (const path of ['/health/live', '/health/ready', '/', '/docs', '/js/websocket-client.js']) {
      expect([path, (await fetch(origin + path)).status]).toEqual([path, 200]);
    }
  });

  it('with a key is answered, in the header or the query', async () => {
    const { origin } = await start({ keysFile: keys({ name: 'desk', key: 'k1' }) });
    expect((await fetch(`${origin}/health`, { headers: { Authorization: 'Bearer k1' } })).status).toBe(200);
    expect((await fetch(`${origin}/health?access_token=k1`)).status).toBe(200);
  });

  it('with a wrong one is 401, and with one that is not enough 403', async () => {
    const { origin } = await start({ keysFile: keys({ name: 'prometheus', key: 'k1', scopes: ['status'] }) });
    const wrong = await fetch(`${origin}/health`, { headers: { Authorization: 'Bearer k2' } });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(await wrong.text()).not.toContain('k2');
    const little = await fetch(`${origin}/liquidations/heatmap-timeseries?symbol=BTCUSDT`, {
      headers: { Authorization: 'Bearer k1' },
    });
    expect(little.status).toBe(403);
    expect(little.headers.get('www-authenticate')).toContain('scope="history"');
    expect((await fetch(`${origin}/metrics`, { headers: { Authorization: 'Bearer k1' } })).status).toBe(200);
  });

  it('for the past is answered for its asker alone, not for caches that others share', async () => {
    const harness = await start({ keysFile: keys({ name: 'desk', key: 'k1' }) });
    harness.views.past = { outcome: 'answer', etag: '"e"', isOver: true, read: async () => (async function* () {})() };
    const path = '/liquidations/heatmap-timeseries?symbol=BTCUSDT&access_token=k1';
    const response = await fetch(harness.origin + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toMatch(/^private, /);
  });
});

describe('an upgrade', () => {
  it('is let in with a key in the header, the subprotocol or the query, and with the plain subprotocol answered', async () => {
    const harness = await start({ keysFile: keys({ name: 'desk', key: 'k1' }) });
    await openClient(harness, { Authorization: 'Bearer k1' });
    const url = `ws://${host}:${harness.port}/ws/heatmap`;
    const byProtocol = new WebSocket(url, ['heatline', 'heatline.bearer.k1']);
    const byQuery = new WebSocket(`${url}?access_token=k1`);
    for (const client of [byProtocol, byQuery]) {
      onTestFinished(() => client.terminate());
      await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));
    }
    expect(byProtocol.protocol).toBe('heatline');
    expect(harness.gate.recordings).toHaveLength(3);
  });

  it('without, or with a wrong one, is 401 and never asks for a place; with one for something else 403', async () => {
    const { port, gate } = await start({ keysFile: keys({ name: 'p', key: 'k1', scopes: ['status'] }) });
    const none = await exchange(port, upgradeText());
    expect(none).toMatch(/^HTTP\/1\.1 401 /);
    expect(none).toMatch(/^WWW-Authenticate: Bearer realm="heatline"\r$/m);
    expect(await exchange(port, upgradeText({ Authorization: 'Bearer k2' }))).toMatch(/^HTTP\/1\.1 401 /);
    expect(await exchange(port, upgradeText({ Authorization: 'Bearer k1' }))).toMatch(/^HTTP\/1\.1 403 /);
    expect(gate.asked).toEqual([]);
  });

  it('that offers its credential as the only subprotocol is told to offer the plain one too', async () => {
    const { port } = await start({ keysFile: keys({ name: 'desk', key: 'k1' }) });
    const answer = await exchange(port, upgradeText({ 'Sec-WebSocket-Protocol': 'heatline.bearer.k1' }));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain("Offer the subprotocol 'heatline'");
    expect(answer).not.toContain('k1');
  });

  it('beyond the connections of its key is 429, until one of them is gone', async () => {
    const harness = await start({ keysFile: keys({ name: 'desk', key: 'k1', max_connections: 1 }) });
    const first = await openClient(harness, { Authorization: 'Bearer k1' });
    const answer = await exchange(harness.port, upgradeText({ Authorization: 'Bearer k1' }));
    expect(answer).toMatch(/^HTTP\/1\.1 429 /);
    expect(answer).toMatch(/^Retry-After: \d+\r$/m);
    expect(answer).toContain('your key desk has 1 connections');
    first.close();
    await harness.gate.recordings[0]!.first('closed');
    // Its TCP connection ends a little later.
    for (let isIn = false; !isIn; ) {
      const retried = new WebSocket(`ws://${host}:${harness.port}/ws/heatmap?access_token=k1`);
      onTestFinished(() => retried.terminate());
      isIn = await new Promise((resolve) => {
        retried.once('open', () => resolve(true)).once('error', () => resolve(false));
      });
    }
  });

  it('may have frames on its heels while the credential is judged', async () => {
    const issuerOfTokens = await TokenIssuer.made();
    const tokens = { keys: issuerOfTokens.writeJwks(directory), issuer, audience };
    const harness = await start({ tokens });
    const opened = harness.gate.opened();
    const client = new WebSocket(`ws://${host}:${harness.port}/ws/heatmap`, {
      headers: { Authorization: `Bearer ${await issuerOfTokens.token()}` },
    });
    onTestFinished(() => client.terminate());
    client.once('open', () => client.send('hi'));
    expect(await (await opened).first('text')).toEqual({ kind: 'text', text: 'hi' });
  });
});

describe('a token', () => {
  it('is good with the right issuer, audience and key, and no longer than it lasts', async () => {
    const [good, stranger] = [await TokenIssuer.made(), await TokenIssuer.made()];
    const tokens = { keys: good.writeJwks(directory), issuer, audience };
    const { origin } = await start({ tokens });
    const ask = async (token: string) => {
      const response = await fetch(`${origin}/health`, { headers: { Authorization: `Bearer ${token}` } });
      return response.status === 200 ? 200 : `${response.status} ${(await response.json()).message}`;
    };
    const now = Math.floor(Date.now() / 1000);
    expect(await ask(await good.token())).toBe(200);
    expect(await ask(await good.token({ scope: 'openid status' }))).toBe(200);
    expect(await ask(await good.token({ scope: 'openid' }))).toMatch(/^403 .*'status'/);
    expect(await ask(await good.token({}, now - 60))).toMatch(/^401 .*expired/);
    expect(await ask(await good.token({ nbf: now + 60 }))).toMatch(/^401 .*'nbf'/);
    expect(await ask(await good.token({ iss: 'https://other.test' }))).toMatch(/^401 .*'iss'/);
    expect(await ask(await good.token({ aud: 'other' }))).toMatch(/^401 .*'aud'/);
    expect(await ask(await good.token({ sub: undefined }))).toMatch(/^401 .*'sub'/);
    expect(await ask(await stranger.token())).toMatch(/^401 .*not signed by a key/);
    const [, payload] = (await good.token()).split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    expect(await ask(unsigned)).toMatch(/^401 .*not signed by a key/);
    expect(await ask('a.b.c')).toMatch(/^401 /);
  });

  it('is checked by keys from an address, too, and refused while they cannot be had', async () => {
    const good = await TokenIssuer.made();
    let isUp = false;
    const identity = createServer((_request, response) => {
      response.statusCode = isUp ? 200 : 500;
      response.end(JSON.stringify({ keys: [good.jwk] }));
    });
    onTestFinished(() => void identity.close());
    await new Promise<void>((resolve) => identity.listen(0, host, resolve));
    const address = `http://${host}:${(identity.address() as AddressInfo).port}/jwks`;
    const { origin } = await start({ tokens: { keys: address, issuer, audience } });
    const headers = { Authorization: `Bearer ${await good.token()}` };
    expect((await fetch(`${origin}/health`, { headers })).status).toBe(401);
    isUp = true;
    expect((await fetch(`${origin}/health`, { headers })).status).toBe(200);
  });

  it('stands beside keys: either is enough', async () => {
    const good = await TokenIssuer.made();
    const tokens = { keys: good.writeJwks(directory), issuer, audience };
    const { origin } = await start({ tokens, keysFile: keys({ name: 'desk', key: 'k1' }) });
    for (const credential of [await good.token(), 'k1']) {
      const response = await fetch(`${origin}/health`, { headers: { Authorization: `Bearer ${credential}` } });
      expect(response.status).toBe(200);
    }
  });
});

describe('a change of the files', () => {
  it('closes connections of a key that is gone with 4401, and no others', async () => {
    const harness = await start({ keysFile: keys({ name: 'a', key: 'k1' }, { name: 'b', key: 'k2' }) });
    const [gone, stays] = [
      await openClient(harness, { Authorization: 'Bearer k1' }),
      await openClient(harness, { Authorization: 'Bearer k2' }),
    ];
    keys({ name: 'b', key: 'k2' });
    expect(await closeOf(gone)).toEqual({ code: 4401, reason: 'Credential revoked' });
    expect(stays.readyState).toBe(stays.OPEN);
    expect(await exchange(harness.port, upgradeText({ Authorization: 'Bearer k1' }))).toMatch(/^HTTP\/1\.1 401 /);
    expect(reloads).toEqual(['1']);
  });

  it('closes connections whose token was signed by a key that is gone', async () => {
    const [old, next] = [await TokenIssuer.made('old'), await TokenIssuer.made('next')];
    const tokens = { keys: old.writeJwks(directory, [old.jwk, next.jwk]), issuer, audience };
    const harness = await start({ tokens });
    const clients = await Promise.all(
      [old, next].map(async (of) => openClient(harness, { Authorization: `Bearer ${await of.token()}` })),
    );
    old.writeJwks(directory, [next.jwk]);
    expect(await closeOf(clients[0]!)).toEqual({ code: 4401, reason: 'Credential revoked' });
    expect(clients[1]!.readyState).toBe(WebSocket.OPEN);
  });

  it('that breaks the file is told, and what it held before counts on until it is mended', async () => {
    const path = keys({ name: 'a', key: 'k1' });
    const { origin } = await start({ keysFile: path });
    writeFileSync(path, '{"keys":');
    while (failures.length === 0) await new Promise(setImmediate);
    expect(failures).toEqual([expect.stringContaining('not JSON')]);
    const ask = async (key: string) =>
      (await fetch(`${origin}/health`, { headers: { Authorization: `Bearer ${key}` } })).status;
    expect(await ask('k1')).toBe(200);
    keys({ name: 'a', key: 'k3' });
    while ((await ask('k3')) !== 200);
    expect(await ask('k1')).toBe(401);
  });
});

describe('a start', () => {
  it.each([
    ['a file that is not there', () => `${directory}/none.json`, /^ACCESS_KEYS_FILE: '.*none\.json' cannot be used: /],
    [
      'a file that is wrong',
      () => writeKeys(directory, [{ name: 'a', sha256: 'k1' }]),
      /must be 64 hexadecimal digits/,
    ],
  ])('with %s is refused with the setting’s name', async (_what, path, problem) => {
    await expect(start({ keysFile: path() })).rejects.toThrow(problem);
  });
});
