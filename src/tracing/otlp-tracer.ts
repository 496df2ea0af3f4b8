/**
 * Sends journeys to a collector of OpenTelemetry over HTTP, in batches. What a collector does not take is given up after a while, and
 * what is too much is left out: neither holds anything up. Loaded only when traces are asked for.
 */
import { type Context, DiagLogLevel, diag, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import type { TracingSink } from '../tracing.ts';
import type { JourneySpan } from './journey.ts';

export interface OtlpTracerOptions {
  /** Base address of the collector: `http://localhost:4318`. */
  readonly endpoint: string;
  /** Share of the journeys that are sent, 0–1. */
  readonly share: number;
  readonly version: string;
  readonly warn: (message: string) => void;
}

/** Spans that may wait to be sent; those beyond are left out. */
const maxQueueSize = 4096;
const everyMs = 2000;
const exportTimeoutMs = 5000;
const stopTimeoutMs = 1000;

export function otlpTracer({ endpoint, share, version, warn }: OtlpTracerOptions): TracingSink {
  const ignore = () => {};
  diag.setLogger({ error: warn, warn, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: exportTimeoutMs,
  });
  const processor = new BatchSpanProcessor({
    exporter,
    maxQueueSize,
    scheduledDelayMillis: everyMs,
    exportTimeoutMillis: exportTimeoutMs,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'heatline', 'service.version': version }),
    sampler: new TraceIdRatioBasedSampler(share),
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer('heatline', version);
  const record = ({ name, from, to, attributes }: JourneySpan, parent: Context) => {
    const span = tracer.startSpan(name, { startTime: from, attributes }, parent);
    span.end(to);
    return span;
  };
  return {
    send({ whole, stages }) {
      const parent = trace.setSpan(ROOT_CONTEXT, record(whole, ROOT_CONTEXT));
      for (const stage of stages) record(stage, parent);
    },
    /** Sends what waits, if that takes no longer than a moment. */
    stop: () =>
      Promise.race([
        provider.shutdown().catch(ignore),
        new Promise<void>((resolve) => setTimeout(resolve, stopTimeoutMs).unref()),
      ]),
  };
}
