/**
 * Every setting, once: its name, what it means, what is allowed and what it is unless set. Validation, `--help` and the README's table
 * are made from this.
 */
import { z } from 'zod';
import { modelParameterNames } from '../market/model-parameters.ts';
import { accessSettings } from './access-settings.ts';
import { historySettings } from './history-settings.ts';
import { redisSettings } from './redis-settings.ts';
import { scoreSettings } from './score-settings.ts';
import { choice, httpUrl, number, recordedFiles, seconds, setting, symbolList, text, whole } from './setting-kinds.ts';
import { tlsSettings } from './tls-settings.ts';
import { venueSettings } from './venue-settings.ts';
import { webSocketSettings } from './websocket-settings.ts';

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
    allowed: '1–1000 different names of capital letters and digits, separated by commas; or all, with SOURCE=live',
  }),
  MAX_SYMBOLS: whole({
    min: 1,
    max: 1000,
    default: 50,
    doc: 'With SYMBOLS=all: how many symbols are served, those with the most open interest of all VENUES together',
  }),
  SOURCE: choice(['simulated', 'recorded', 'live'], 'simulated', 'Where market events come from'),
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
    doc: 'Candle files, or recordings of frames (.frames.zst), to play, with SOURCE=recorded',
    default: '',
    allowed: 'SYMBOL=path pairs separated by commas',
  }),
  RECORDED_SPEED: number({
    min: 0,
    max: 1e6,
    default: 1,
    doc: 'Pace of the recording: 1 is real time, 600 ten minutes a second, 0 as fast as it goes',
  }),
  ...venueSettings,
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
  MODEL_PARAMETERS: choice(
    modelParameterNames,
    'even',
    'Which set of model parameters new events are folded with; docs/accuracy.md says how each came about and how it scores',
  ),
  MODEL_CHURN: number({
    min: 0,
    max: 1,
    default: 0.5,
    doc: 'Share of the volume that opens and closes at once (market makers); 0: all of it opens or closes positions',
  }),
  MODEL_HALF_LIFE: number({
    min: 0.1,
    max: 8760,
    default: 24,
    unit: 'h',
    doc: 'Half-life of positions where the source has no open interest',
  }),
  ...scoreSettings,
  ...webSocketSettings,
  ...accessSettings,
  ...tlsSettings,
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
  ...historySettings,
  SHUTDOWN_TIMEOUT: seconds({ min: 0.5, max: 600, default: 4, doc: 'A stop that takes longer is forced' }),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting(z.union([z.literal(''), httpUrl]), {
    doc: 'Collector of OpenTelemetry that gets traces, by OTLP over HTTP; empty: no traces',
    default: '',
    allowed: 'an http:// or https:// URL such as http://localhost:4318',
  }),
  OTEL_TRACES_SAMPLER_ARG: number({
    min: 0,
    max: 1,
    default: 1,
    doc: 'Share of the pictures whose way is traced; 0 traces none',
  }),
  ...redisSettings,
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
