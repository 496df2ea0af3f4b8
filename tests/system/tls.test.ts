/** The whole server with TLS, in one thread and in several: pictures over wss, and a certificate renewed under them. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { hasOpenssl, selfSigned } from '../support/certificate.ts';
import { available } from '../support/require-or-skip.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';

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

function write(name: string, text: string): void {
  writeFileSync(join(directory.path, 'new'), text);
  renameSync(join(directory.path, 'new'), join(directory.path, name));
}

function shownName(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: '127.0.0.1', port: server.port, rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

describe.skipIf(!available('openssl', hasOpenssl())).each(['1', '2'])('with %s connection thread(s)', (WS_THREADS) => {
  it('pictures come over wss, and a new certificate is shown by every thread while they do', async () => {
    const [first, second] = [selfSigned(directory.path, 'first'), selfSigned(directory.path, 'second')];
    write('cert', first.cert);
    write('key', first.key);
    server = await ServerProcess.started({
      DATA_DIR: join(directory.path, 'data'),
      WS_THREADS,
      WS_UPDATE_INTERVAL: '1',
      SIMULATED_HISTORY: '1',
      TLS_CERT: join(directory.path, 'cert'),
      TLS_KEY: join(directory.path, 'key'),
    });
    const client = new WebSocket(server.url.replace('ws:', 'wss:'), { ca: first.cert });
    onTestFinished(() => client.terminate());
    const texts: string[] = [];
    let wake = () => {};
    client.on('message', (data) => {
      texts.push(String(data));
      wake();
    });
    const nextPicture = async () => {
      const count = texts.length;
      while (texts.length === count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));
    client.send(JSON.stringify({ action: 'subscribe', symbols: ['BTCUSDT'] }));
    await nextPicture();
    write('cert', second.cert);
    write('key', second.key);
    // As many in a row as no thread of two that still had the old one would let through.
    for (let inRow = 0; inRow < 40; ) inRow = (await shownName()) === 'second' ? inRow + 1 : 0;
    await nextPicture();
    expect(texts.every((text) => JSON.parse(text).type === 'snapshot')).toBe(true);
    client.close();
    expect(await server.stop()).toMatchObject({ code: 0 });
    expect(server.lines.filter(({ event }) => event === 'tls_reloaded').length).toBeGreaterThanOrEqual(
      Number(WS_THREADS),
    );
  });
});
