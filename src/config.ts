/**
 * Everything that can be set, read once at the start, checked as a whole and frozen. The parts of the program take their own piece of
 * it; none reads the environment.
 */
import { resolve } from 'node:path';
import { deepFreeze } from './config/deep-freeze.ts';
import { liveConfig } from './config/live-config.ts';
import { readSettings, type SettingSources } from './config/read-settings.ts';
import { flagOf, type Settings, settingNames, settings } from './config/settings.ts';
import { frameFileEnding } from './feed/venues/frame-record.ts';
import { modelParameterSet } from './market/model-parameters.ts';
import { pictureNames } from './market/picture-name.ts';

export type Config = ReturnType<typeof configOf>;

export type ConfigResult =
  | { readonly outcome: 'config'; readonly config: Config }
  /** `--help` or `--version`: print this and end. */
  | { readonly outcome: 'answered'; readonly text: string }
  /** One problem a line. */
  | { readonly outcome: 'invalid'; readonly text: string };

export interface ConfigSources extends SettingSources {
  readonly workingDirectory: string;
  readonly version: string;
}

export function loadConfig(sources: ConfigSources): ConfigResult {
  if (sources.argv.includes('--help')) return { outcome: 'answered', text: helpText() };
  if (sources.argv.includes('--version')) return { outcome: 'answered', text: `heatline ${sources.version}` };
  const read = readSettings(sources);
  if (!read.ok) return { outcome: 'invalid', text: read.problems.join('\n') };
  const problems = contradictions(read.settings, read.given.has('SYMBOLS'));
  if (problems.length > 0) return { outcome: 'invalid', text: problems.join('\n') };
  return { outcome: 'config', config: configOf(read.settings, read.given.has('SYMBOLS'), sources) };
}

function contradictions(values: Settings, areSymbolsGiven: boolean): string[] {
  const problems: string[] = [];
  const recorded = values.RECORDED_FILES.map(([symbol]) => symbol);
  const named = values.SYMBOLS === 'all' ? [] : values.SYMBOLS;
  if (values.SYMBOLS === 'all' && values.SOURCE !== 'live') {
    problems.push(`SYMBOLS: all is what the venues list and needs SOURCE=live; with SOURCE=${values.SOURCE} name them`);
  }
  if (values.SOURCE === 'recorded') {
    if (recorded.length === 0) problems.push('SOURCE: recorded needs RECORDED_FILES, such as BTCUSDT=candles.csv');
    const missing = areSymbolsGiven ? named.filter((symbol) => !recorded.includes(symbol)) : [];
    const frameFiles = values.RECORDED_FILES.filter(([, path]) => path.endsWith(frameFileEnding)).length;
    if (frameFiles > 0 && frameFiles < recorded.length) {
      problems.push(`RECORDED_FILES: recordings of frames (${frameFileEnding}) and candle files do not play together`);
    }
    if (missing.length > 0) problems.push(`SYMBOLS: RECORDED_FILES names no file for ${missing.join(', ')}`);
  }
  if (values.SHUTDOWN_TIMEOUT <= values.WS_DRAIN_TIME + values.WS_CLOSE_TIMEOUT) {
    problems.push('SHUTDOWN_TIMEOUT: must be longer than WS_DRAIN_TIME and WS_CLOSE_TIMEOUT together');
  }
  if (values.WS_STUCK_TIMEOUT < values.WS_SLOW_CONSUMER_TIMEOUT) {
    problems.push('WS_STUCK_TIMEOUT: must not be shorter than WS_SLOW_CONSUMER_TIMEOUT');
  }
  if (values.SCORE_WINDOW < values.SCORE_DAYS) {
    problems.push('SCORE_WINDOW: must not be shorter than SCORE_DAYS');
  }
  if ((values.TLS_CERT === '') !== (values.TLS_KEY === '')) {
    const [missing, given] = values.TLS_CERT === '' ? ['TLS_CERT', 'TLS_KEY'] : ['TLS_KEY', 'TLS_CERT'];
    problems.push(`${given}: needs ${missing} beside it`);
  }
  if (values.ACCESS_JWT_KEYS !== '') {
    const { ACCESS_JWT_KEYS: keys, ACCESS_JWT_ISSUER: issuer, ACCESS_JWT_AUDIENCE: audience } = values;
    if (issuer === '') problems.push('ACCESS_JWT_KEYS: needs ACCESS_JWT_ISSUER, the issuer of the tokens');
    if (audience === '') problems.push('ACCESS_JWT_KEYS: needs ACCESS_JWT_AUDIENCE, the audience of the tokens');
    if (isAddress(keys) && !isSafeAddress(keys)) {
      problems.push(`ACCESS_JWT_KEYS: '${keys}' must begin with https://, or be on this machine`);
    }
  } else if (values.ACCESS_JWT_ISSUER !== '' || values.ACCESS_JWT_AUDIENCE !== '') {
    problems.push('ACCESS_JWT_ISSUER, ACCESS_JWT_AUDIENCE: need ACCESS_JWT_KEYS; without it no token is asked for');
  }
  return problems;
}

const isAddress = (text: string) => /^https?:\/\//.test(text);

/** Whoever can change the keys on their way can make tokens. */
function isSafeAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

/** The longest tick: the shortest `update_interval` a client may ask for. */
const longestTickMs = 1000;
/** A client is found to be slow this much later than it became slow, at most. */
const longestSweepMs = 250;

function configOf(values: Settings, areSymbolsGiven: boolean, { workingDirectory, version }: ConfigSources) {
  const isRecorded = values.SOURCE === 'recorded';
  const named = values.SYMBOLS === 'all' ? [] : values.SYMBOLS;
  const symbols = isRecorded && !areSymbolsGiven ? values.RECORDED_FILES.map(([symbol]) => symbol) : named;
  const venues = values.SOURCE === 'live' ? values.VENUES : [];
  const updateIntervalMs = values.WS_UPDATE_INTERVAL;
  const tickMs = updateIntervalMs / Math.ceil(updateIntervalMs / longestTickMs);
  return deepFreeze({
    version,
    host: values.HOST,
    port: values.PORT,
    logLevel: values.LOG_LEVEL,
    symbols,
    /** Those that have a book of their own in every symbol. */
    venues,
    pictureNames: pictureNames(symbols, venues),
    source: values.SOURCE,
    simulated: { seed: values.SIMULATED_SEED, historyMs: values.SIMULATED_HISTORY * 3_600_000 },
    recorded: {
      files: values.RECORDED_FILES.map(([symbol, path]) => ({ symbol, path: resolve(workingDirectory, path) })),
      speed: values.RECORDED_SPEED,
    },
    live: liveConfig(values, symbols),
    eventLog: {
      directory: resolve(workingDirectory, values.DATA_DIR),
      maxPending: values.LOG_MAX_PENDING,
      retention: { maxAgeMs: values.LOG_MAX_AGE * 86_400_000, maxBytes: values.LOG_MAX_SIZE * 1024 * 1024 },
      historyCheckpointEvents: values.LOG_HISTORY_CHECKPOINTS,
    },
    checkpointEvents: values.CHECKPOINT_EVENTS,
    model: {
      ...versionsOf(values.MODEL_PARAMETERS),
      churn: values.MODEL_CHURN,
      halfLifeMs: values.MODEL_HALF_LIFE * 3_600_000,
    },
    /** Of the picture while it is made; an interval of 0: none. */
    score: {
      intervalMs: values.SCORE_INTERVAL * 1000,
      daysNeeded: values.SCORE_DAYS,
      windowDays: values.SCORE_WINDOW,
    },
    updateIntervalMs,
    /** A whole number of ticks makes the default interval, so that it is kept exactly. */
    tickMs,
    /** Of the pictures of all venues together, without clients; those of one venue are made for clients only. */
    updateTicks: Math.round(updateIntervalMs / tickMs),
    idleTicks: Math.round(Math.max(values.WS_IDLE_INTERVAL, updateIntervalMs) / tickMs),
    snapshotRange: values.SNAPSHOT_RANGE,
    recentPictures: values.WS_RECENT_PICTURES,
    recentLiquidations: values.WS_RECENT_LIQUIDATIONS,
    snapshotPool: {
      threads: values.SNAPSHOT_THREADS,
      maxQueue: values.SNAPSHOT_QUEUE,
      timeoutMs: values.SNAPSHOT_TIMEOUT,
    },
    history: {
      pool: {
        threads: values.HISTORY_THREADS,
        maxQueue: values.HISTORY_QUEUE,
        timeoutMs: values.HISTORY_TIMEOUT,
        cacheBytes: values.HISTORY_CACHE * 1024 * 1024,
        maxHeldBytes: values.HISTORY_MAX_HELD * 1024 * 1024,
      },
      maxBytes: values.HISTORY_MAX_ANSWER * 1024 * 1024,
      retryAfterSeconds: values.WS_RETRY_AFTER,
    },
    replay: {
      pool: {
        threads: values.REPLAY_THREADS,
        maxQueue: 2 * values.REPLAY_MAX,
        timeoutMs: values.HISTORY_TIMEOUT,
      },
      maxReplays: values.REPLAY_MAX,
    },
    connection: {
      ackWindow: values.WS_ACK_WINDOW,
      ackSampleMs: values.WS_ACK_SAMPLE,
      maxQueueSize: values.WS_MAX_QUEUE_SIZE,
      newsQueueSize: values.WS_NEWS_QUEUE,
      messageRate: { perSecond: values.WS_MAX_MESSAGES_PER_SECOND, burst: values.WS_MESSAGE_BURST },
      maxViolations: values.WS_MESSAGE_VIOLATIONS,
    },
    clientLimits: {
      slowConsumerTimeoutMs: values.WS_SLOW_CONSUMER_TIMEOUT,
      stuckTimeoutMs: values.WS_STUCK_TIMEOUT,
      heartbeatIntervalMs: values.WS_HEARTBEAT_INTERVAL,
      maxBufferedBytes: values.WS_MAX_BUFFERED,
    },
    supervisor: {
      admission: {
        maxPerAddress: values.WS_MAX_CONNECTIONS_PER_ADDRESS,
        handshakeRate: { perSecond: values.WS_MAX_HANDSHAKES_PER_SECOND, burst: values.WS_HANDSHAKE_BURST },
        maxLoopLagMs: values.WS_MAX_LOOP_LAG,
        retryAfterSeconds: values.WS_RETRY_AFTER,
        unstableReconnects: values.WS_UNSTABLE_RECONNECTS,
        unstableWindowMs: values.WS_UNSTABLE_WINDOW,
      },
      sweepMs: Math.min(longestSweepMs, values.WS_SLOW_CONSUMER_TIMEOUT / 2),
      closeTimeoutMs: values.WS_CLOSE_TIMEOUT,
      drainMs: values.WS_DRAIN_TIME,
    },
    maxConnections: values.WS_MAX_CONNECTIONS,
    connectionThreads: values.WS_THREADS,
    scheduler: { turnMessages: 64, roundTurns: 1024 },
    server: {
      // Room for health checks and for telling the one too many why it is refused.
      maxSockets: values.WS_MAX_CONNECTIONS + 256,
      maxHeaderBytes: values.HTTP_MAX_HEADER_SIZE,
      headerTimeoutMs: values.HTTP_HEADERS_TIMEOUT,
      requestTimeoutMs: values.HTTP_HEADERS_TIMEOUT,
      timeoutCheckMs: Math.min(values.HTTP_HEADERS_TIMEOUT, 1000),
      keepAliveTimeoutMs: 5000,
      stalledReaderTimeoutMs: values.HTTP_STALLED_TIMEOUT,
      stopTimeoutMs: 500,
      reusePort: values.WS_THREADS > 1,
      webSocket: {
        enabled: values.WS_ENABLED,
        allowedOrigins: values.WS_ALLOWED_ORIGINS,
        maxMessageBytes: values.WS_MAX_MESSAGE_SIZE,
        maxUnfinishedBytes: Math.max(values.WS_MAX_UNFINISHED, values.WS_MAX_MESSAGE_SIZE),
        compression: values.WS_COMPRESSION,
        closeTimeoutMs: values.WS_CLOSE_TIMEOUT,
        retryAfterSeconds: values.WS_RETRY_AFTER,
        refusalTimeoutMs: 2000,
      },
    },
    redis: {
      isEnabled: values.REDIS_ENABLED,
      address: values.REDIS_URL!,
      prefix: values.REDIS_CHANNEL_PREFIX,
      leaseMs: values.REDIS_LEASE,
      timeoutMs: values.REDIS_TIMEOUT,
      fallback: values.REDIS_FALLBACK,
    },
    tracing: { endpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT, share: values.OTEL_TRACES_SAMPLER_ARG },
    access: accessOf(values, workingDirectory),
    /** Null: there is no administrator. */
    admin:
      values.ADMIN_TOKEN === ''
        ? null
        : {
            token: values.ADMIN_TOKEN,
            maxTaps: values.ADMIN_MAX_TAPS,
            maxTapBytes: 1024 * 1024,
            tapIdleMs: values.HTTP_STALLED_TIMEOUT / 3,
          },
    /** Null: the port speaks plain http and ws. */
    tls:
      values.TLS_CERT === ''
        ? null
        : { certFile: resolve(workingDirectory, values.TLS_CERT), keyFile: resolve(workingDirectory, values.TLS_KEY) },
    shutdownTimeoutMs: values.SHUTDOWN_TIMEOUT,
  });
}

/** Null: everybody may use the server. */
function accessOf(values: Settings, workingDirectory: string) {
  const { ACCESS_KEYS_FILE: keysFile, ACCESS_JWT_KEYS: keys } = values;
  if (keysFile === '' && keys === '') return null;
  const tokens = {
    keys: isAddress(keys) ? keys : resolve(workingDirectory, keys),
    issuer: values.ACCESS_JWT_ISSUER,
    audience: values.ACCESS_JWT_AUDIENCE,
  };
  return {
    keysFile: keysFile === '' ? null : resolve(workingDirectory, keysFile),
    tokens: keys === '' ? null : tokens,
    maxConnections: values.ACCESS_MAX_CONNECTIONS,
    messagesPerSecond: values.ACCESS_MAX_MESSAGES_PER_SECOND,
    expiryWarningMs: values.ACCESS_EXPIRY_WARNING,
  };
}

function versionsOf(name: string): { readonly tiers: number; readonly ladder: number } {
  const { tiers, ladder } = modelParameterSet(name)!;
  return { tiers, ladder };
}

function helpText(): string {
  const lines = settingNames.map((name) => {
    const { doc, allowed, default: value } = settings[name].meta;
    return `  ${flagOf(name).padEnd(30)} ${doc}\n${' '.repeat(33)}${name}; ${allowed}${value === '' ? '' : `; default ${value}`}`;
  });
  return [
    'heatline: live liquidation heatmaps of perpetual futures over WebSocket.',
    '',
    'npm start -- [flags]. Every setting is a flag, an environment variable, or a line of .env; the first of these wins.',
    '',
    ...lines,
    '',
    '  --help, --version',
  ].join('\n');
}
