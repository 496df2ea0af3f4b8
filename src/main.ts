/**
 * The program: reads its settings, makes the adapters, starts, and stops at a signal.
 *
 * Exit codes: 0 after a clean stop, 1 when a setting is bad, something cannot be opened, or a stop had to be forced.
 */
import { readFileSync } from 'node:fs';
import { type Logger, pino } from 'pino';
import { systemClock } from './actors/kernel/system-clock.ts';
import { readDotenv } from './config/read-dotenv.ts';
import { type Config, loadConfig } from './config.ts';
import { LastLines } from './crash/last-lines.ts';
import { leaveReport } from './crash/leave-report.ts';
import type { Feed } from './feed/feed.ts';
import { createRecordedFeed } from './feed/recorded-feed.ts';
import { createSimulatedFeed } from './feed/simulated-feed.ts';
import { generatorVersion } from './feed/simulated-market.ts';
import { VenueListError } from './feed/venues/venue-list-error.ts';
import { Heatline } from './heatline.ts';
import { liveSource } from './live-source.ts';
import { liveSymbols } from './live-symbols.ts';
import { EventLogError } from './log/event-log.ts';
import { AccessError } from './server/access/access-error.ts';
import { ListenError } from './server/listen-error.ts';
import { TlsError } from './server/tls-files.ts';
import { connectSharedRedis, type SharedRedis } from './shared-redis.ts';
import type { TracingSink } from './tracing.ts';
import { SqliteEventLog } from './workers/sqlite-event-log.ts';

const parentCheckMs = 250;
/** Log lines in the report of a crash. */
const reportedLines = 50;

const loaded = loadConfig({
  argv: process.argv.slice(2),
  env: process.env,
  dotenv: readDotenv(process.cwd()),
  workingDirectory: process.cwd(),
  version: JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version,
});
if (loaded.outcome === 'answered') {
  process.stdout.write(`${loaded.text}\n`);
} else if (loaded.outcome === 'invalid') {
  process.stderr.write(`${loaded.text}\n`);
  process.exitCode = 1;
} else {
  await run(loaded.config);
}

async function run(given: Config): Promise<void> {
  let config = given;
  const lines = new LastLines(pino.destination({ sync: true }), reportedLines);
  const logger = pino({ level: config.logLevel, base: { service: 'heatline' } }, lines);
  const end = (err: unknown): never => {
    process.stderr.write(`${explained(err)}\n`);
    process.exit(1);
  };
  const fail = (event: string, err: unknown, report?: string | Error): never => {
    logger.fatal({ event, err, ...(report !== undefined && { report }) });
    return end(err);
  };
  let heatline: Heatline | null = null;
  const crash = (event: string, err: unknown) => fail(event, err, leaveReport(event, err, config, lines, heatline));
  process.on('uncaughtException', (error) => crash('uncaught_exception', error));

  config = await liveSymbols(given, logger).catch(end);
  const { feedOf, streamPrefix } = makeFeed(config, logger);
  const log = await SqliteEventLog.open({
    ...config.eventLog,
    onLost: (error) => logger.error({ event: 'event_log_lost', err: error }),
    onCutBackFailed: (message) => logger.warn({ event: 'log_cut_back_failed', message }),
  }).catch((error) => fail(error instanceof EventLogError ? error.code : 'event_log_failed', error));
  const redis = await sharedRedis(config, logger).catch((error) => fail('redis_unreachable', error));
  const traces = await makeTraces(config, logger);
  heatline = new Heatline({ config, logger, log, redis, feedOf, streamPrefix, traces });
  const server = heatline;

  let isStopping = false;
  const stop = (signal: string) => {
    if (isStopping) fail('stop_forced', new Error(`a second ${signal} forced the stop`));
    isStopping = true;
    logger.info({ event: 'stopping', signal });
    const overdue = setTimeout(
      () => crash('stop_overdue', new Error(`not stopped after SHUTDOWN_TIMEOUT (${config.shutdownTimeoutMs} ms)`)),
      config.shutdownTimeoutMs,
    );
    server.stop().then(
      () => {
        clearTimeout(overdue);
        logger.info({ event: 'stopped' });
        process.exit(0);
      },
      (error) => crash('stop_failed', error),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (process.env.npm_lifecycle_event !== undefined) whenOrphaned(() => stop('end of npm'));

  try {
    const { address, port } = await server.start();
    const feed = feedOf(config.symbols);
    const source = feed.simulated ? `${feed.name} (not a real market)` : feed.name;
    const host = address === '0.0.0.0' || address === '::' ? 'localhost' : address;
    logger.info(
      { event: 'ready', address, port, source: feed.name, symbols: config.symbols, log: config.eventLog.directory },
      `${config.tls === null ? 'ws' : 'wss'}://${host}:${port}/ws/heatmap streams ${config.symbols.join(', ')}; source ${source}; log in ${config.eventLog.directory}`,
    );
  } catch (error) {
    // A stop during the start ends what the start waits for.
    if (isStopping) return;
    if (error instanceof ListenError) fail('listen_failed', error);
    else crash('start_failed', error);
  }
}

/** An error with what it came of, in one line; our own errors tell that themselves. */
function explained(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ([EventLogError, ListenError, AccessError, TlsError, VenueListError].some((own) => error instanceof own))
    return error.message;
  return error.cause instanceof Error ? `${error.message}: ${explained(error.cause)}` : error.message;
}

/**
 * npm puts a shell between itself and this process, and a shell that is told to end does not tell its children: a server started by
 * `npm start` would outlive it and hold port and log. So it looks whether its parent is still the one it had.
 */
function whenOrphaned(stop: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, parentCheckMs);
  timer.unref();
}

/** @returns null when this server is alone. @throws {EventLogError} when Redis is away and must not be. */
async function sharedRedis(config: Config, logger: Logger): Promise<SharedRedis | null> {
  const { isEnabled, fallback } = config.redis;
  if (!isEnabled) return null;
  try {
    return await connectSharedRedis(config, logger);
  } catch (error) {
    if (fallback === 'none') throw error;
    const { message } = error as Error;
    logger.warn(
      { event: 'redis_fallback', message },
      'goes on alone, with the log on this machine, until the next start',
    );
    return null;
  }
}

/** Its packages are large, and loaded only by whoever asks for traces. */
async function makeTraces({ tracing, version }: Config, logger: Logger): Promise<TracingSink | null> {
  if (tracing.endpoint === '') return null;
  const { otlpTracer } = await import('./tracing/otlp-tracer.ts');
  return otlpTracer({ ...tracing, version, warn: (message) => logger.warn({ event: 'traces_not_sent', message }) });
}

interface Source {
  readonly feedOf: (symbols: readonly string[]) => Feed;
  readonly streamPrefix: string;
}

/** Streams are named after their source, and a simulated market of another seed or generator is another source. */
function makeFeed(config: Config, logger: Logger): Source {
  if (config.source === 'live') {
    return { feedOf: liveSource(config, logger), streamPrefix: config.source };
  }
  if (config.source === 'recorded') {
    const { files, speed } = config.recorded;
    const feedOf = (symbols: readonly string[]) => {
      const wanted = files.filter(({ symbol }) => symbols.includes(symbol));
      return createRecordedFeed({
        files: new Map(wanted.map(({ symbol, path }) => [symbol, path])),
        speed,
        clock: systemClock,
      });
    };
    return { feedOf, streamPrefix: feedOf([]).name };
  }
  const { seed, historyMs } = config.simulated;
  const feedOf = (symbols: readonly string[]) => createSimulatedFeed({ symbols, seed, historyMs, clock: systemClock });
  return { feedOf, streamPrefix: `${feedOf([]).name}-v${generatorVersion}-${seed}` };
}
