import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flagOf, settingNames, settings, settingsTable } from '../src/config/settings.ts';
import { type Config, loadConfig } from '../src/config.ts';
import { projectRoot } from './support/server-process.ts';

type Variables = Record<string, string>;

function load(argv: string[] = [], env: Variables = {}, dotenv: Variables = {}) {
  return loadConfig({ argv, env, dotenv, workingDirectory: '/home/trader', version: '1.2.3' });
}

function configOf(argv: string[] = [], env: Variables = {}, dotenv: Variables = {}): Config {
  const loaded = load(argv, env, dotenv);
  if (loaded.outcome !== 'config') throw new Error(loaded.text);
  return loaded.config;
}

function problemsOf(argv: string[], env: Variables = {}, dotenv: Variables = {}): string[] {
  const loaded = load(argv, env, dotenv);
  expect(loaded.outcome).toBe('invalid');
  return loaded.outcome === 'invalid' ? loaded.text.split('\n') : [];
}

describe('the settings', () => {
  it('have defaults that are allowed, as the contract names them', () => {
    expect(configOf()).toMatchObject({
      host: '0.0.0.0',
      port: 8000,
      symbols: ['BTCUSDT', 'ETHUSDT'],
      source: 'simulated',
      updateIntervalMs: 5000,
      eventLog: { directory: '/home/trader/data' },
      connection: { maxQueueSize: 5 },
      maxConnections: 1000,
      clientLimits: { slowConsumerTimeoutMs: 1000 },
      server: { webSocket: { enabled: true, maxMessageBytes: 16_777_216, allowedOrigins: [] } },
    });
  });

  it('come from flags before the environment before .env', () => {
    const dotenv = { PORT: '1', HOST: 'a', LOG_LEVEL: 'warn' };
    const env = { PORT: '2', HOST: 'b' };
    expect(configOf(['--port', '3'], env, dotenv)).toMatchObject({ port: 3, host: 'b', logLevel: 'warn' });
    expect(configOf(['--port=4'], env, dotenv).port).toBe(4);
  });

  it('take an empty variable for one that is not set', () => {
    expect(configOf([], { PORT: '' }).port).toBe(8000);
  });

  it('are frozen, all the way down', () => {
    const config = configOf();
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.server.webSocket)).toBe(true);
  });

  it('make the tick a whole part of the default interval, a second at most', () => {
    const ticks = ['5', '1.5', '1', '0.1', '60'].map(
      (interval) => configOf([], { WS_UPDATE_INTERVAL: interval }).tickMs,
    );
    expect(ticks).toEqual([1000, 750, 1000, 100, 1000]);
  });

  it('serve the recorded symbols when a recording is played', () => {
    const env = { SOURCE: 'recorded', RECORDED_FILES: 'AAA=a.csv, BBB=/b.csv' };
    expect(configOf([], env)).toMatchObject({
      symbols: ['AAA', 'BBB'],
      recorded: {
        files: [
          { symbol: 'AAA', path: '/home/trader/a.csv' },
          { symbol: 'BBB', path: '/b.csv' },
        ],
      },
    });
    expect(configOf([], { ...env, SYMBOLS: 'BBB' }).symbols).toEqual(['BBB']);
  });
});

describe('SYMBOLS=all', () => {
  it('leaves the symbols of a live source to what the venues list, 50 of them unless set', () => {
    const { symbols, live } = configOf([], { SOURCE: 'live', SYMBOLS: 'all' });
    expect(symbols).toEqual([]);
    expect(live.listing).toEqual({ maxSymbols: 50, timeoutMs: 90_000 });
    expect(configOf([], { SOURCE: 'live' }).live.listing).toBeNull();
  });

  it.each([
    ['simulated', {}],
    ['recorded', { RECORDED_FILES: 'BTCUSDT=a.csv' }],
  ])('is refused with SOURCE=%s', (source, more) => {
    expect(problemsOf([], { SOURCE: source, SYMBOLS: 'all', ...more })).toEqual([
      `SYMBOLS: all is what the venues list and needs SOURCE=live; with SOURCE=${source} name them`,
    ]);
  });
});

describe('a bad setting', () => {
  it.each<[string, string[], Variables, Variables, string]>([
    [
      'out of range',
      [],
      { PORT: '65536' },
      {},
      "PORT in the environment: '65536' is not allowed; allowed: whole number 0–65535",
    ],
    ['that is no number', ['--port', 'http'], {}, {}, "--port: 'http' is not allowed; allowed: whole number 0–65535"],
    ['in another notation', ['--port', '0x50'], {}, {}, "--port: '0x50' is not allowed; allowed: whole number 0–65535"],
    ['in .env', [], {}, { WS_ENABLED: 'yes' }, "WS_ENABLED in .env: 'yes' is not allowed; allowed: true or false"],
    [
      'of a symbol in lower case',
      ['--symbols', 'btcusdt'],
      {},
      {},
      "--symbols: 'btcusdt' is not allowed; allowed: 1–1000 different names of capital letters and digits, separated by commas; or all, with SOURCE=live",
    ],
    [
      'of a symbol twice',
      ['--symbols', 'AAA,AAA'],
      {},
      {},
      "--symbols: 'AAA,AAA' is not allowed; allowed: 1–1000 different names of capital letters and digits, separated by commas; or all, with SOURCE=live",
    ],
    [
      'of an origin with a path',
      [],
      { WS_ALLOWED_ORIGINS: 'https://a.com/x' },
      {},
      "WS_ALLOWED_ORIGINS in the environment: 'https://a.com/x' is not allowed; allowed: origins such as https://example.com, separated by commas",
    ],
    [
      'that is a misspelt flag',
      ['--ws-max-conections', '5'],
      {},
      {},
      '--ws-max-conections is not a setting; did you mean --ws-max-connections? See --help',
    ],
    [
      'that is a misspelt variable',
      [],
      { SIMULATED_SED: '1' },
      {},
      'SIMULATED_SED in the environment is not a setting; did you mean SIMULATED_SEED?',
    ],
    ['without its value', ['--port'], {}, {}, '--port needs a value; allowed: whole number 0–65535'],
    [
      'that needs another',
      [],
      { SOURCE: 'recorded' },
      {},
      'SOURCE: recorded needs RECORDED_FILES, such as BTCUSDT=candles.csv',
    ],
    [
      'that leaves a stop no time',
      [],
      { SHUTDOWN_TIMEOUT: '3', WS_DRAIN_TIME: '2' },
      {},
      'SHUTDOWN_TIMEOUT: must be longer than WS_DRAIN_TIME and WS_CLOSE_TIMEOUT together',
    ],
    ['of half a pair', [], { TLS_CERT: 'c.pem' }, {}, 'TLS_CERT: needs TLS_KEY beside it'],
    [
      'of token keys that could be changed on their way',
      [],
      { ACCESS_JWT_KEYS: 'http://a.com/jwks', ACCESS_JWT_ISSUER: 'i', ACCESS_JWT_AUDIENCE: 'a' },
      {},
      "ACCESS_JWT_KEYS: 'http://a.com/jwks' must begin with https://, or be on this machine",
    ],
    [
      'that contradicts another',
      [],
      { WS_STUCK_TIMEOUT: '0.5' },
      {},
      'WS_STUCK_TIMEOUT: must not be shorter than WS_SLOW_CONSUMER_TIMEOUT',
    ],
  ])('%s is named with where it stood, its value and what is allowed', (_what, argv, env, dotenv, problem) => {
    expect(problemsOf(argv, env, dotenv)).toEqual([problem]);
  });

  it('does not hide another', () => {
    expect(problemsOf(['--prot', '9000', '--port', '-1'], { LOG_LEVEL: 'loud' })).toHaveLength(3);
  });

  it.each(['http://localhost:6379', 'localhost', 'redis'])('is a Redis URL of another kind: %s', (url) => {
    expect(problemsOf([], { REDIS_URL: url })[0]).toMatch(
      /^REDIS_URL in the environment: '…' is not allowed; allowed: redis:/,
    );
  });

  it('never shows a secret', () => {
    expect(
      problemsOf(['--redis-url=', '--redis-url='], { REDIS_URL: 'redis://user:secret@host' }).join(),
    ).not.toContain('secret');
  });

  it('is refused however odd its name', () => {
    expect(problemsOf(['--__proto__', 'x'])[0]).toContain('--__proto__ is not a setting');
    expect(configOf([], { __proto__: 'x', constructor: 'y' } as Variables).port).toBe(8000);
  });
});

describe('the one schema', () => {
  it('makes the help, with every flag and its default', () => {
    const help = load(['--port', 'nonsense', '--help']);
    expect(help.outcome).toBe('answered');
    for (const name of settingNames) {
      expect(help).toMatchObject({ text: expect.stringContaining(`${flagOf(name)} `) });
      expect(help).toMatchObject({ text: expect.stringContaining(settings[name].meta.doc) });
    }
    expect(load(['--version'])).toEqual({ outcome: 'answered', text: 'heatline 1.2.3' });
  });

  it('makes the README’s table (npm run docs:settings)', () => {
    expect(readFileSync(join(projectRoot, 'README.md'), 'utf8')).toContain(settingsTable());
  });
});
