/** What an administrator may do to the running server, in one thread and in several; and that nobody else may. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

const token = 'the-administrator-5d1e';
const headers = { Authorization: `Bearer ${token}` };

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

async function start(settings: Record<string, string>): Promise<void> {
  server = await ServerProcess.started({
    DATA_DIR: directory.path,
    WS_UPDATE_INTERVAL: '1',
    SIMULATED_HISTORY: '1',
    HTTP_STALLED_TIMEOUT: '1',
    ...settings,
  });
}

const ask = (path: string, init: RequestInit = {}) => fetch(server.origin + path, { headers, ...init });
const put = (body: string) => ask('/admin/log-level', { method: 'PUT', body });

interface TapLine {
  readonly direction?: string;
  readonly kind?: string;
  readonly text?: string;
  readonly dropped?: number;
}

/** Lines of a tap, read as they come. */
async function* linesOf(response: Response): AsyncGenerator<TapLine> {
  let rest = '';
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line !== '') yield JSON.parse(line);
  }
}

describe.each(['1', '2'])('with %s connection thread(s)', (WS_THREADS) => {
  it('connections are listed, and what goes over one is shown both ways, without its credentials', async () => {
    await start({ WS_THREADS, ADMIN_TOKEN: token });
    const clients = await Promise.all(Array.from({ length: 4 }, () => TestClient.connected(server.url)));
    const { connections } = (await (await ask('/admin/connections')).json()) as { connections: { id: string }[] };
    expect(connections).toHaveLength(4);
    expect(new Set(connections.map(({ id }) => id)).size).toBe(4);
    const taps = await Promise.all(connections.slice(0, 2).map(({ id }) => ask(`/admin/tap?connection=${id}`)));
    expect(taps.map(({ status }) => status)).toEqual([200, 200]);
    expect((await ask(`/admin/tap?connection=${connections[0]!.id}`)).status).toBe(409);
    for (const client of clients) {
      client.send({ action: 'authenticate', token: 'a-secret-of-the-client' });
      client.send({ action: 'subscribe', symbols: ['BTCUSDT'], id: 1 });
      await client.snapshot();
    }
    const seen: TapLine[] = [];
    for await (const line of linesOf(taps[0]!)) {
      seen.push(line);
      if (line.text?.startsWith('{"type":"snapshot"') === true) for (const client of clients) client.socket.close();
    }
    const texts = (direction: string) =>
      seen.flatMap((line) => (line.direction === direction && line.text !== undefined ? [JSON.parse(line.text)] : []));
    expect(texts('received')).toEqual([
      { action: 'authenticate', token: '…' },
      { action: 'subscribe', symbols: ['BTCUSDT'], id: 1 },
    ]);
    expect(texts('sent').map(({ type }) => type)).toEqual(expect.arrayContaining(['error', 'ack', 'snapshot']));
    expect(seen.some(({ kind, direction }) => kind === 'pong' && direction === 'received')).toBe(true);
    expect(JSON.stringify(seen)).not.toContain('a-secret-of-the-client');
    expect(seen.at(-1)).toMatchObject({ kind: 'closed with 1005' });
    await taps[1]!.body!.cancel();
    expect(await server.stop()).toMatchObject({ code: 0 });
    expect(server.output).not.toContain(token);
  });

  it('the log level is changed while the server runs, in all threads', async () => {
    await start({ WS_THREADS, ADMIN_TOKEN: token });
    expect(await (await ask('/admin/log-level')).json()).toEqual({ level: 'info' });
    const client = await TestClient.connected(server.url);
    expect(await (await put('{"level":"debug"}')).json()).toEqual({ level: 'debug', before: 'info' });
    expect(await server.line('log_level_changed')).toMatchObject({ level: 'debug', before: 'info' });
    client.send({ action: 'subscribe', symbols: ['BTCUSDT'] });
    // From the main thread, and from a connection thread.
    await server.line('broadcast');
    await (await TestClient.connected(server.url)).close();
    await server.line('connection_opened');
    await put('{"level":"error"}');
    expect((await put('{"level":"loud"}')).status).toBe(400);
    expect((await put('{')).status).toBe(400);
    expect((await put('x'.repeat(5000))).status).toBe(400);
    expect(await (await ask('/admin/log-level')).json()).toEqual({ level: 'error' });
    await client.close();
  });
});

describe('an administrator', () => {
  it('is whoever has the token, shown in the header, and nobody else', async () => {
    await start({ ADMIN_TOKEN: token, ADMIN_MAX_TAPS: '1' });
    const clients = [await TestClient.connected(server.url), await TestClient.connected(server.url)];
    for (const path of ['/admin/connections', '/admin/tap?connection=connection-1', '/admin/log-level', '/admin/x']) {
      for (const authorization of ['', 'Bearer wrong', `Basic ${token}`]) {
        const response = await fetch(`${server.origin}${path}`, { headers: { Authorization: authorization } });
        expect([path, response.status]).toEqual([path, 401]);
        expect(response.headers.get('www-authenticate')).toContain('admin');
      }
      const query = `${path}${path.includes('?') ? '&' : '?'}access_token=${token}`;
      expect((await fetch(server.origin + query)).status).toBe(401);
    }
    expect((await ask('/admin/x')).status).toBe(404);
    expect((await ask('/admin/tap?connection=connection-99')).status).toBe(404);
    const tap = await ask('/admin/tap?connection=connection-1');
    expect(tap.status).toBe(200);
    expect((await ask('/admin/tap?connection=connection-2')).status).toBe(409);
    await tap.body!.cancel();
    await server.line('tap_opened');
    // Its place is free as soon as its reader is missed, at the next line.
    clients[0]!.send({ action: 'ping' });
    while ((await ask('/admin/tap?connection=connection-2')).status !== 200) clients[0]!.send({ action: 'ping' });
  });

  it('does not exist without a token, and a short one is refused without being shown', async () => {
    await start({});
    expect((await ask('/admin/connections')).status).toBe(404);
    const other = new ServerProcess({ DATA_DIR: directory.path, ADMIN_TOKEN: 'shorttoken' });
    expect(await other.exited).toMatchObject({ code: 1 });
    expect(other.errors).toMatch(/^ADMIN_TOKEN .*at least 16 characters/);
    expect(other.errors).not.toContain('shorttoken');
  });
});
