/**
 * Every setting, once: its name, what it means, what is allowed and what it is unless set. Validation, `--help` and the README's table
 * are made from this.
 */
import { z } from 'zod';
import {
  choice,
  flag,
  list,
  number,
  origin,
  recordedFiles,
  redisUrl,
  seconds,
  setting,
  symbolList,
  text,
  whole,
} from './setting-kinds.ts';

export const settings = {
  HOST: text('Address to listen on', '0.0.0.0', 'an address of this machine'),
  PORT: whole({ min: 0, max: 65535, default: 8000, doc: 'Port to listen on; 0 takes any that is free' }),
  LOG_LEVEL: choice(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    'info',
    'What is logged; debug shows each broadcast',
  ),
  SYMBOLS: setting(symbolList, {
    doc: 'Symbols to serve; with SOURCE=recorded those of RECORDED_FILES unless set',
    default: 'BTCUSDT,ETHUSDT',
    allowed: '1–64 different names of capital letters and digits, separated by commas',
  }),
  SOURCE: choice(['simulated', 'recorded'], 'simulated', 'Where market events come from'),
  SIMULATED_SEED: whole({
    min: 0,
    max: 4294967295,
    default: 1,
    doc: 'Which simulated market; the same seed gives the same market',
  }),
  SIMULATED_HISTORY: number({
    min: 0,
    max: 720,
    default: 24,
    unit: 'h',
    doc: 'Simulated past that a new log begins with; 0 begins now',
  }),
  RECORDED_FILES: setting(recordedFiles, {
    doc: 'Candle files to play, with SOURCE=recorded',
    default: '',
    allowed: 'SYMBOL=path pairs separated by commas',
  }),
  RECORDED_SPEED: number({
    min: 0,
    max: 1e6,
    default: 1,
    doc: 'Pace of the recording: 1 is real time, 600 ten minutes a second, 0 as fast as it goes',
  }),
  DATA_DIR: text('Directory of the event log', './data', 'a directory that can be made and written to'),
  CHECKPOINT_EVENTS: whole({
    min: 1000,
    max: 1e9,
    default: 200000,
    doc: 'Events of a symbol between two checkpoints of its book',
  }),
  LOG_MAX_AGE: number({
    min: 0,
    max: 36500,
    default: 0,
    unit: 'days',
    doc: 'Older events are deleted, back to the next checkpoint; 0 keeps all',
  }),
  LOG_MAX_SIZE: whole({
    min: 0,
    max: 1e9,
    default: 0,
    unit: 'MB',
    doc: 'When the log is larger, its oldest events are deleted, back to the next checkpoint; 0 keeps all',
  }),
  LOG_HISTORY_CHECKPOINTS: whole({
    min: 1000,
    max: 1e9,
    default: 1000000,
    doc: 'Events between two checkpoints that are kept for questions about the past: fewer answer faster and take more room (about 1 MB each)',
  }),
  LOG_MAX_PENDING: whole({
    min: 16,
    max: 100000,
    default: 1024,
    doc: 'Calls that may wait for the event log; one more is refused',
  }),
  MODEL_CHURN: number({
    min: 0,
    max: 1,
    default: 0.5,
    doc: 'Share of the volume that opens and closes at once (market makers)',
  }),
  MODEL_HALF_LIFE: number({
    min: 0.1,
    max: 8760,
    default: 24,
    unit: 'h',
    doc: 'Half-life of positions where the source has no open interest',
  }),
  WS_ENABLED: flag('Whether WebSocket clients are let in', true),
  WS_THREADS: whole({
    min: 1,
    max: 256,
    default: 1,
    doc: 'Threads that hold connections. With 1 it is the main thread; with more, each limits addresses and handshakes for itself',
  }),
  WS_UPDATE_INTERVAL: seconds({
    min: 0.05,
    max: 60,
    default: 5,
    doc: 'Pace of a client that names no update_interval',
  }),
  WS_MAX_CONNECTIONS: whole({ min: 1, max: 1e6, default: 1000, doc: 'Clients at once; one more is answered 503' }),
  WS_MAX_CONNECTIONS_PER_ADDRESS: whole({
    min: 0,
    max: 1e6,
    default: 0,
    doc: 'Clients of one address at once; 0: as many as of all. Behind a proxy all have the address of the proxy',
  }),
  WS_MAX_HANDSHAKES_PER_SECOND: whole({
    min: 1,
    max: 1e6,
    default: 1000,
    doc: 'Clients let in a second, when more come than WS_HANDSHAKE_BURST at once; one more is answered 503',
  }),
  WS_HANDSHAKE_BURST: whole({ min: 1, max: 1e6, default: 1000, doc: 'Clients let in at once' }),
  WS_MAX_LOOP_LAG: seconds({
    min: 0.01,
    max: 60,
    default: 1,
    doc: 'While the server is this late with its own work, new clients are answered 503',
  }),
  WS_RETRY_AFTER: whole({
    min: 1,
    max: 3600,
    default: 5,
    unit: 's',
    doc: 'What a refused client is told to wait: a random time up to this, or from this to twice this when all connections are taken',
  }),
  WS_UNSTABLE_RECONNECTS: whole({
    min: 1,
    max: 10000,
    default: 5,
    doc: 'Lost connections opened again from one address within WS_UNSTABLE_WINDOW, after which it is warned',
  }),
  WS_UNSTABLE_WINDOW: seconds({ min: 1, max: 3600, default: 60, doc: 'See WS_UNSTABLE_RECONNECTS' }),
  WS_SLOW_CONSUMER_TIMEOUT: seconds({
    min: 0.01,
    max: 600,
    default: 1,
    doc: 'A client that has not read a frame for this long is slow',
  }),
  WS_STUCK_TIMEOUT: seconds({
    min: 0.1,
    max: 3600,
    default: 30,
    doc: 'A client that has not read a frame for this long is closed with 4408',
  }),
  WS_ACK_WINDOW: whole({ min: 1, max: 128, default: 2, doc: 'Frames a client may have unread before newer ones wait' }),
  WS_ACK_SAMPLE: seconds({
    min: 0,
    max: 10,
    default: 1,
    doc: 'How often a client that reads promptly is asked whether it has read, four times less often when it has long done so and gets little; 0 asks at every tick',
  }),
  WS_RECENT_PICTURES: whole({
    min: 1,
    max: 4096,
    default: 64,
    doc: 'Last pictures of a symbol that are kept for deltas; a client that was away for longer gets a snapshot',
  }),
  WS_MAX_QUEUE_SIZE: whole({
    min: 1,
    max: 64,
    default: 5,
    doc: 'Symbols that may have a frame waiting for a client; beyond it the oldest is dropped',
  }),
  WS_MAX_MESSAGE_SIZE: whole({
    min: 128,
    max: 1073741824,
    default: 16777216,
    unit: 'bytes',
    doc: 'A longer message is closed with 1009',
  }),
  WS_MAX_UNFINISHED: whole({
    min: 65536,
    max: 1073741824,
    default: 134217728,
    unit: 'bytes',
    doc: 'Messages of all clients that have begun to arrive and not ended; a client that goes beyond it is closed with 4503',
  }),
  WS_COMPRESSION: flag('Whether clients that offer permessage-deflate get compressed frames', true),
  WS_MAX_BUFFERED: whole({
    min: 65536,
    max: 1073741824,
    default: 4194304,
    unit: 'bytes',
    doc: 'Unsent bytes of one client; beyond it the client is closed with 4408',
  }),
  WS_MAX_MESSAGES_PER_SECOND: whole({ min: 1, max: 10000, default: 20, doc: 'Messages a client may send a second' }),
  WS_MESSAGE_BURST: whole({ min: 1, max: 10000, default: 40, doc: 'Messages a client may send at once' }),
  WS_MESSAGE_VIOLATIONS: whole({
    min: 1,
    max: 10000,
    default: 20,
    doc: 'Messages refused in a row before a client is closed with 4429',
  }),
  WS_HEARTBEAT_INTERVAL: seconds({
    min: 1,
    max: 3600,
    default: 30,
    doc: 'A client silent for this long is asked for a sign of life, and cut off after as long again',
  }),
  WS_CLOSE_TIMEOUT: seconds({ min: 0.1, max: 60, default: 2, doc: 'How long a client may take to answer a close' }),
  WS_ALLOWED_ORIGINS: setting(list.pipe(z.array(origin)), {
    doc: 'Web pages that may connect; empty: all',
    default: '',
    allowed: 'origins such as https://example.com, separated by commas',
  }),
  HTTP_HEADERS_TIMEOUT: seconds({ min: 0.1, max: 600, default: 10, doc: 'How long a request may take to arrive' }),
  HTTP_STALLED_TIMEOUT: seconds({
    min: 1,
    max: 3600,
    default: 30,
    doc: 'How long the reader of a long answer may take nothing of it',
  }),
  HTTP_MAX_HEADER_SIZE: whole({
    min: 1024,
    max: 1048576,
    default: 16384,
    unit: 'bytes',
    doc: 'Largest request headers',
  }),
  SNAPSHOT_THREADS: whole({ min: 1, max: 256, default: 1, doc: 'Worker threads that make snapshots' }),
  SNAPSHOT_RANGE: number({
    min: 0.001,
    max: 1,
    default: 0.25,
    doc: 'Share of the price that a snapshot shows on either side of it',
  }),
  SNAPSHOT_TIMEOUT: seconds({ min: 0.5, max: 600, default: 2, doc: 'A worker that takes longer is replaced' }),
  SNAPSHOT_QUEUE: whole({
    min: 1,
    max: 100000,
    default: 64,
    doc: 'Snapshots that may wait for a worker; one more is refused and made at a later tick',
  }),
  HISTORY_THREADS: whole({ min: 1, max: 256, default: 1, doc: 'Worker threads that answer questions about the past' }),
  HISTORY_QUEUE: whole({
    min: 1,
    max: 10000,
    default: 32,
    doc: 'Questions about the past that may wait for a worker; one more is answered 503',
  }),
  HISTORY_TIMEOUT: seconds({ min: 1, max: 3600, default: 30, doc: 'A question that takes longer is given up' }),
  HISTORY_MAX_ANSWER: whole({
    min: 1,
    max: 4096,
    default: 64,
    unit: 'MB',
    doc: 'Largest answer about the past; what would be larger is answered 413',
  }),
  HISTORY_CACHE: whole({ min: 0, max: 65536, default: 128, unit: 'MB', doc: 'Answers about the past that are kept' }),
  HISTORY_MAX_HELD: whole({
    min: 1,
    max: 65536,
    default: 256,
    unit: 'MB',
    doc: 'Answers that are kept or still being read; beyond it new questions are answered 503',
  }),
  SHUTDOWN_TIMEOUT: seconds({ min: 0.5, max: 600, default: 4, doc: 'A stop that takes longer is forced' }),
  REDIS_ENABLED: flag('Several servers through Redis; not available in this version', false),
  REDIS_URL: setting(redisUrl, {
    doc: 'Where Redis is',
    default: 'redis://localhost:6379',
    allowed: 'a redis:// or rediss:// URL',
  }),
  REDIS_CHANNEL_PREFIX: text('First part of the channel names', 'heatmap'),
} as const;

export type SettingName = keyof typeof settings;
export type Settings = { readonly [N in SettingName]: z.output<(typeof settings)[N]['schema']> };

export const settingNames = Object.keys(settings) as SettingName[];

export function flagOf(name: SettingName): string {
  return `--${name.toLowerCase().replaceAll('_', '-')}`;
}

/** The README's table of settings. */
export function settingsTable(): string {
  const rows = settingNames.map((name) => {
    const { doc, allowed, default: value } = settings[name].meta;
    return `| \`${name}\` | ${value === '' ? '' : `\`${value}\``} | ${allowed} | ${doc} |`;
  });
  return ['| Setting | Default | Allowed | What it means |', '|---|---|---|---|', ...rows].join('\n');
}
