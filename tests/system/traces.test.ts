/** Traces of the running server, as a small collector takes them; and that nothing of it is loaded unless asked for. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot, ServerProcess, temporaryDirectory } from '../support/server-process.ts';
import { TestClient } from '../support/test-client.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { key: string; value: { stringValue?: string; intValue?: number } }[];
}

class Collector {
  readonly spans: Span[] = [];
  readonly services = new Set<string>();
  status = 200;
  readonly #server: Server;
  #told = () => {};

  constructor() {
    this.#server = createServer(async (request, response) => {
      let text = '';
      for await (const piece of request) text += piece;
      response.writeHead(this.status, { 'Content-Type': 'application/json' }).end('{}');
      if (request.url !== '/v1/traces' || this.status !== 200) return;
      for (const { resource, scopeSpans } of JSON.parse(text).resourceSpans) {
        for (const { key, value } of resource.attributes)
          if (key === 'service.name') this.services.add(value.stringValue);
        for (const { spans } of scopeSpans) this.spans.push(...spans);
      }
      this.#told();
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async until(isDone: () => boolean): Promise<void> {
    while (!isDone()) await new Promise<void>((resolve) => (this.#told = resolve));
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

describe('traces', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let collector: Collector;
  let endpoint: string;
  beforeEach(async () => {
    directory = await temporaryDirectory();
    collector = new Collector();
    endpoint = await collector.listen();
  });
  afterEach(async () => {
    collector.close();
    await directory.dispose();
  });

  const started = (settings: Record<string, string>) =>
    ServerProcess.started({ DATA_DIR: directory.path, WS_UPDATE_INTERVAL: '0.1', WS_MAX_LOOP_LAG: '60', ...settings });

  it('follow an event from the source to the first client', async () => {
    const server = await started({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    const client = await TestClient.subscribed(server.url, ['BTCUSDT', 'ETHUSDT']);
    const isWritten = () => collector.spans.some(({ name }) => name === 'first write');
    await collector.until(isWritten);
    client.socket.terminate();
    expect([...collector.services]).toEqual(['heatline']);
    const last = collector.spans.find(({ name }) => name === 'first write')!;
    const trace = collector.spans.filter(({ traceId }) => traceId === last.traceId);
    const whole = trace.find(({ name }) => name === 'market event')!;
    const stages = trace.filter((span) => span !== whole);
    expect(stages.map(({ name }) => name)).toEqual([
      'decide',
      'commit',
      'fold',
      'wait for tick',
      'picture',
      'hand out',
      'first write',
    ]);
    for (const { parentSpanId } of stages) expect(parentSpanId).toBe(whole.spanId);
    for (const span of trace) {
      expect(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano), span.name).toBe(true);
    }
    expect(stages[0]!.startTimeUnixNano).toBe(whole.startTimeUnixNano);
    expect(stages.at(-1)!.endTimeUnixNano).toBe(whole.endTimeUnixNano);
    const symbol = whole.attributes.find(({ key }) => key === 'symbol')!.value.stringValue;
    expect(['BTCUSDT', 'ETHUSDT']).toContain(symbol);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });

  it('that no collector takes are named in the log, and hold up neither clients nor the stop', async () => {
    collector.status = 400;
    const server = await started({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    const client = await TestClient.subscribed(server.url, ['BTCUSDT']);
    await server.line('traces_not_sent');
    const { length } = client.snapshots;
    await client.message(() => client.snapshots.length > length);
    client.socket.terminate();
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });

  it('refuse an address that is none, by its name', async () => {
    const server = new ServerProcess({ DATA_DIR: directory.path, OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' });
    expect((await server.exited).code).toBe(1);
    expect(server.errors).toContain("OTEL_EXPORTER_OTLP_ENDPOINT in the environment: 'localhost:4318' is not allowed");
  });

  it('cost nothing when nobody asks for them: what they need is loaded by one import that waits for the setting', () => {
    const files = readdirSync(join(projectRoot, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const textOf = (file: string) => readFileSync(join(projectRoot, 'src', file), 'utf8');
    expect(files.filter((file) => textOf(file).includes("from '@opentelemetry/"))).toEqual(['tracing/otlp-tracer.ts']);
    const loaders = files.filter((file) => textOf(file).includes('otlp-tracer.ts'));
    expect(loaders).toEqual(['main.ts']);
    expect(textOf('main.ts')).toMatch(
      /if \(tracing\.endpoint === ''\) return null;\n.*await import\(.*otlp-tracer\.ts'\)/,
    );
  });
});
