/** What Prometheus reads: the families that are promised, with the numbers that the clients themselves can count. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { available } from '../support/require-or-skip.ts';
import { ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

const arePromToolsThere = available('prometheus', existsSync('/usr/bin/promtool') && existsSync('/usr/bin/prometheus'));

/** Samples by name and labels, as they are written. */
function samplesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

describe('metrics', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: ServerProcess;

  beforeEach(async () => {
    directory = await temporaryDirectory();
    server = await ServerProcess.started({
      DATA_DIR: directory.path,
      WS_UPDATE_INTERVAL: '0.1',
      WS_MAX_CONNECTIONS: '3',
    });
  });
  afterEach(async () => {
    await server.stop();
    await directory.dispose();
  });

  const text = async () => (await fetch(`${server.origin}/metrics`)).text();

  it('count what clients got, who is there, and who was not let in', async () => {
    const [one, two] = await Promise.all([
      TestClient.subscribed(server.url, ['BTCUSDT', 'ETHUSDT']),
      TestClient.subscribed(server.url, ['BTCUSDT']),
    ]);
    await Promise.all([one.message(() => one.snapshots.length >= 6), two.message(() => two.snapshots.length >= 3)]);
    await TestClient.connected(server.url);
    await expect(TestClient.connected(server.url)).rejects.toThrow('503');
    await fetch(`${server.origin}/liquidations/heatmap-timeseries?symbol=BTCUSDT`);
    for (const client of [one, two]) client.send({ action: 'unsubscribe', symbols: ['BTCUSDT', 'ETHUSDT'] });
    for (const client of [one, two]) client.send({ action: 'ping' });
    await Promise.all([one, two].map((client) => client.message(({ type }) => type === 'pong')));
    const samples = samplesOf(await text());
    const got = (symbol: string) =>
      [one, two].flatMap(({ snapshots }) => snapshots).filter((snapshot) => snapshot.symbol === symbol).length;
    for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
      expect(samples.get(`ws_messages_sent_total{symbol="${symbol}"}`)).toBe(got(symbol));
      expect(samples.get(`ws_active_connections{symbol="${symbol}"}`)).toBe(0);
      expect(samples.get(`ws_broadcast_duration_seconds_count{symbol="${symbol}"}`)).toBeGreaterThan(0);
      expect(samples.get(`heatline_log_commit_seconds_count{symbol="${symbol}"}`)).toBeGreaterThan(0);
      expect(samples.get(`heatline_symbol_seq{symbol="${symbol}"}`)).toBeGreaterThan(0);
    }
    for (const stage of ['event_to_commit', 'commit', 'fold', 'tick_wait', 'snapshot', 'first_write', 'last_write']) {
      expect(samples.get(`heatline_stage_seconds_count{stage="${stage}"}`), stage).toBeGreaterThan(0);
    }
    expect(samples.get('heatline_pool_run_seconds_count{pool="snapshot"}')).toBeGreaterThan(0);
    expect(samples.get('heatline_pool_wait_seconds_count{pool="history"}')).toBe(1);
    expect(samples.get('heatline_loop_lag_seconds_count{threads="clients"}')).toBeGreaterThan(0);
    expect(samples.get('heatline_log_position')).toBeGreaterThan(0);
    expect(samples.get('heatline_actors{kind="connection"}')).toBe(3);
    expect(samples.get('heatline_actors{kind="symbol"}')).toBe(2);
    expect(samples.get('heatline_connections')).toBe(3);
    expect(samples.get('heatline_upgrades_refused_total{status="503",cause="full"}')).toBe(1);
    expect(samples.get('heatline_history_questions_total{cache="miss"}')).toBe(1);
    expect(samples.get('heatline_ready')).toBe(1);
    expect([...samples.keys()].some((name) => name.startsWith('nodejs_eventloop_lag_p99_seconds'))).toBe(true);
  });

  it('rise for a subscriber that became slow', async () => {
    await server.stop();
    server = await ServerProcess.started({
      DATA_DIR: directory.path,
      WS_UPDATE_INTERVAL: '0.1',
      WS_SLOW_CONSUMER_TIMEOUT: '0.1',
      WS_ACK_SAMPLE: '0',
    });
    const client = await TestClient.subscribed(server.url, ['BTCUSDT']);
    await client.snapshot();
    client.socket.pause();
    while ((samplesOf(await text()).get('ws_slow_consumers_total{symbol="BTCUSDT"}') ?? 0) < 1);
    while (samplesOf(await text()).get('heatline_lagging_connections{at_least_seconds="0.1"}') !== 1);
    client.socket.terminate();
  });

  it('are the sum over connection threads', async () => {
    await server.stop();
    server = await ServerProcess.started({ DATA_DIR: directory.path, WS_UPDATE_INTERVAL: '0.1', WS_THREADS: '2' });
    const clients = await Promise.all([1, 2, 3].map(() => TestClient.subscribed(server.url, ['BTCUSDT'])));
    await Promise.all(clients.map((client) => client.message(() => client.snapshots.length >= 3)));
    const samples = samplesOf(await text());
    expect(samples.get('heatline_actors{kind="connection"}')).toBe(3);
    expect(samples.get('heatline_actors{kind="supervisor"}')).toBe(2);
    for (const stage of ['first_write', 'acknowledgement']) {
      expect(samples.get(`heatline_stage_seconds_count{stage="${stage}"}`), stage).toBeGreaterThan(0);
    }
    for (const client of clients) client.socket.terminate();
  });

  describe.skipIf(!arePromToolsThere)('with prometheus', () => {
    it('pass its own check', async () => {
      const client = await TestClient.subscribed(server.url, ['BTCUSDT']);
      await client.snapshot();
      const body = await text();
      const checked = await new Promise<string>((resolve, reject) => {
        const child = execFile('promtool', ['check', 'metrics'], (error, out, err) =>
          error === null ? resolve(out + err) : reject(new Error(err)),
        );
        child.stdin!.end(body);
      });
      expect(checked).toBe('');
    });

    it('are read by a real one', async () => {
      const port = await freePort();
      const config = join(directory.path, 'prometheus.yml');
      await writeFile(
        config,
        `global: {scrape_interval: 200ms, scrape_timeout: 200ms}\nscrape_configs: [{job_name: heatline, static_configs: [{targets: ['127.0.0.1:${server.port}']}]}]\n`,
      );
      execFileSync('promtool', ['check', 'config', config]);
      const prometheus = spawn(
        'prometheus',
        [
          `--config.file=${config}`,
          `--storage.tsdb.path=${join(directory.path, 'tsdb')}`,
          `--web.listen-address=127.0.0.1:${port}`,
        ],
        { stdio: 'ignore' },
      );
      try {
        const client = await TestClient.subscribed(server.url, ['BTCUSDT']);
        await client.snapshot();
        const query = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent('ws_messages_sent_total{symbol="BTCUSDT"}')}`;
        for (let value = 0; value < 1; ) {
          const answer = await fetch(query)
            .then((response) => response.json())
            .catch(() => null);
          value = Number(answer?.data?.result?.[0]?.value?.[1] ?? 0);
        }
      } finally {
        const ended = new Promise((resolve) => prometheus.once('exit', resolve));
        prometheus.kill('SIGKILL');
        await ended;
      }
    });
  });
});
