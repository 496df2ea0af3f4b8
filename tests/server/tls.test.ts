/** TLS on real sockets: what is served, and certificates that are replaced under open connections. */
import { renameSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { TlsFiles } from '../../src/server/tls-files.ts';
import { type Certificate, hasOpenssl, selfSigned } from '../support/certificate.ts';
import { available } from '../support/require-or-skip.ts';
import { temporaryDirectory } from '../support/server-process.ts';
import { closeOf, exchange, host, nextMessage, openTcp, readToEnd, startServer } from './harness.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let first: Certificate;
let second: Certificate;
const events: string[] = [];

const write = (name: string, text: string) => {
  // As certificate tools do: never half a file.
  writeFileSync(join(directory.path, `${name}.new`), text);
  renameSync(join(directory.path, `${name}.new`), join(directory.path, name));
};

beforeEach(async () => {
  directory = await temporaryDirectory();
  first = selfSigned(directory.path, 'first');
  second = selfSigned(directory.path, 'second');
  write('cert', first.cert);
  write('key', first.key);
  events.length = 0;
});
afterEach(() => directory.dispose());

async function start(options: Parameters<typeof startServer>[0] = {}) {
  const files = { certFile: join(directory.path, 'cert'), keyFile: join(directory.path, 'key') };
  const tls = new TlsFiles(files, {
    tlsReloaded: () => void events.push('reloaded'),
    tlsReloadFailed: (error) => void events.push(`failed: ${error.message}`),
  });
  return startServer({ ...options, tls });
}

/** The name on the certificate that a new connection is shown. */
function shownName(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host, port, rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

const statusOf = (port: number, path: string, ca: string) =>
  new Promise<number>((resolve, reject) => {
    get({ host, port, path, ca, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    }).on('error', reject);
  });

async function openClient(port: number, ca: string): Promise<WebSocket> {
  const client = new WebSocket(`wss://${host}:${port}/ws/heatmap`, { ca });
  onTestFinished(() => client.terminate());
  await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));
  return client;
}

const until = async (isSo: () => boolean | Promise<boolean>) => {
  while (!(await isSo())) await new Promise(setImmediate);
};

describe.skipIf(!available('openssl', hasOpenssl()))('a server with a certificate', () => {
  it('speaks https and wss, both ways and to the end', async () => {
    const harness = await start();
    expect(await statusOf(harness.port, '/health', first.cert)).toBe(200);
    const client = await openClient(harness.port, first.cert);
    client.send('over TLS');
    expect(await nextMessage(client)).toBe('over TLS');
    client.close(1000);
    expect((await closeOf(client)).code).toBe(1000);
  });

  it('shows a new certificate to new connections as soon as both files are there; open ones go on', async () => {
    const { port } = await start();
    const client = await openClient(port, first.cert);
    expect(await shownName(port)).toBe('first');
    write('cert', second.cert);
    write('key', second.key);
    await until(async () => (await shownName(port)) === 'second');
    expect(events.at(-1)).toBe('reloaded');
    expect(await statusOf(port, '/health', second.cert)).toBe(200);
    await expect(statusOf(port, '/health', first.cert)).rejects.toThrow();
    client.send('still here');
    expect(await nextMessage(client)).toBe('still here');
  });

  it.each([
    ['a certificate that is none', () => write('cert', '-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n')],
    ['a key of another certificate', () => write('key', second.key)],
    ['an empty key', () => write('key', '')],
  ])('goes on with the one before when it is given %s', async (_what, spoil) => {
    const { port } = await start();
    spoil();
    await until(() => events.length > 0);
    expect(events[0]).toMatch(/^failed: /);
    expect(await shownName(port)).toBe('first');
    write('cert', second.cert);
    write('key', second.key);
    await until(async () => (await shownName(port)) === 'second');
  });

  it('answers nothing to whoever speaks plain HTTP, and cuts off whoever says nothing', async () => {
    const harness = await start({ headerTimeoutMs: 200, requestTimeoutMs: 200, timeoutCheckMs: 50 });
    expect(await exchange(harness.port, 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n')).not.toMatch(/200 OK/);
    expect(await readToEnd(await openTcp(harness.port))).toBe('');
    expect(await statusOf(harness.port, '/health', first.cert)).toBe(200);
  });

  it('stops with clients of all kinds still there', async () => {
    const harness = await start();
    const client = await openClient(harness.port, first.cert);
    const silent = await openTcp(harness.port);
    silent.on('error', () => {});
    const closed = closeOf(client);
    await harness.server.stop();
    expect((await closed).code).toBe(1006);
  });

  it('does not start with files that do not work, and names both settings', async () => {
    write('key', second.key);
    await expect(start()).rejects.toThrow(/^TLS_CERT '.*' and TLS_KEY '.*' cannot be used: /);
  });
});
