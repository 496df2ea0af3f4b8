/** Every kind of Redis that a URL can name, as real processes: with a password, with TLS, behind Sentinel, as a cluster. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { redisAddress } from '../../src/log/redis-address.ts';
import { connectRedis, redisClient } from '../../src/log/redis-client.ts';
import { RedisEventLog } from '../../src/log/redis-event-log.ts';
import { batchOf, idsFrom } from '../support/event-log-acceptance.ts';
import { freePort } from '../support/free-port.ts';
import { isRedisThere, RedisServer } from '../support/redis-server.ts';
import { temporaryDirectory } from '../support/server-process.ts';

describe.skipIf(!isRedisThere)('a log in Redis', () => {
  const ending: (() => Promise<unknown> | unknown)[] = [];
  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) await end();
  });

  const redis = async (...flags: string[]) => {
    const server = await RedisServer.started(...flags);
    ending.push(() => server.dispose());
    return server;
  };
  const opened = async (url: string) => {
    const address = redisAddress(url)!;
    const client = redisClient({ address, timeoutMs: 3000, failed() {} });
    ending.push(() => client.disconnect());
    await connectRedis(client, address);
    const log = new RedisEventLog({
      client,
      prefix: 'test',
      isDurable: true,
      tokenOf: () => '',
      retention: { maxAgeMs: 0, maxBytes: 0 },
      historyCheckpointEvents: 1e9,
    });
    return { client, log };
  };
  const works = async (log: RedisEventLog) => {
    await log.openStream('s', 'e');
    expect(await log.append('s', 0, batchOf(0, 5))).toMatchObject({ outcome: 'appended', version: 5 });
    await log.saveCheckpoint('s', { version: 5, state: Uint8Array.of(1, 2) });
    expect((await log.loadCheckpoint('s', 9))?.state).toEqual(Uint8Array.of(1, 2));
    expect(await idsFrom(log, 's', 0)).toEqual([0, 1, 2, 3, 4]);
  };

  it('works with a password, and says that it was wrong without telling it', async () => {
    const { port } = await redis('--requirepass', 'right one');
    const { log } = await opened(`redis://:right%20one@127.0.0.1:${port}`);
    await works(log);
    const refused = await opened(`redis://:secret@127.0.0.1:${port}`).catch((error: Error) => error);
    expect(refused).toMatchObject({ code: 'unreachable', message: expect.stringMatching(/WRONGPASS|NOAUTH|password/) });
    expect((refused as Error).message).not.toContain('secret');
  });

  it('works as a cluster, each stream in one place', async () => {
    const { port } = await redis('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1');
    execFileSync('redis-cli', ['-p', String(port), 'cluster', 'addslotsrange', '0', '16383']);
    while (
      !execFileSync('redis-cli', ['-p', String(port), 'cluster', 'info'], { encoding: 'utf8' }).includes('state:ok')
    );
    const { client, log } = await opened(`redis+cluster://127.0.0.1:${port}`);
    await works(log);
    const heard = once(client, 'smessageBuffer');
    await client.ssubscribe('test:BTCUSDT');
    await client.call('SPUBLISH', 'test:BTCUSDT', 'picture');
    expect((await heard).slice(0, 2).map(String)).toEqual(['test:BTCUSDT', 'picture']);
  });

  it('works behind Sentinel, which knows where the master is', async () => {
    const { port } = await redis();
    const directory = await temporaryDirectory();
    ending.push(() => directory.dispose());
    const sentinelPort = await freePort();
    const file = join(directory.path, 'sentinel.conf');
    writeFileSync(
      file,
      `port ${sentinelPort}\nbind 127.0.0.1\ndir ${directory.path}\nsentinel monitor main 127.0.0.1 ${port} 1\n`,
    );
    const sentinel = spawn('redis-server', [file, '--sentinel'], { stdio: ['ignore', 'pipe', 'inherit'] });
    ending.push(async () => {
      sentinel.kill('SIGKILL');
      await once(sentinel, 'exit');
    });
    for await (const line of createInterface({ input: sentinel.stdout })) if (line.includes('+monitor')) break;
    sentinel.stdout.resume();
    const { log } = await opened(`redis+sentinel://127.0.0.1:${sentinelPort}/main`);
    await works(log);
  });

  it('works over TLS, and not with a server that nobody vouches for', async () => {
    const directory = await temporaryDirectory();
    ending.push(() => directory.dispose());
    const [key, certificate] = ['key.pem', 'certificate.pem'].map((name) => join(directory.path, name)) as [
      string,
      string,
    ];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
    execFileSync('openssl', [...made, '-keyout', key, '-out', certificate, ...subject], { stdio: 'ignore' });
    const tlsPort = await freePort();
    const tls = ['--tls-port', String(tlsPort), '--tls-cert-file', certificate, '--tls-key-file', key];
    await redis(...tls, '--tls-ca-cert-file', certificate, '--tls-auth-clients', 'no');
    const refused = await opened(`rediss://127.0.0.1:${tlsPort}`).catch((error: Error) => error);
    expect(refused).toMatchObject({ code: 'unreachable', message: expect.stringContaining('self-signed') });
    // In a process of its own, which is told whom to trust.
    const script = `
      import { redisAddress } from './src/log/redis-address.ts';
      import { connectRedis, redisClient } from './src/log/redis-client.ts';
      const address = redisAddress('rediss://127.0.0.1:${tlsPort}');
      const client = redisClient({ address, timeoutMs: 3000, failed() {} });
      await connectRedis(client, address);
      console.log(await client.ping());
      client.disconnect();`;
    const out = execFileSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate },
      encoding: 'utf8',
    });
    expect(out).toBe('PONG\n');
  });
});
