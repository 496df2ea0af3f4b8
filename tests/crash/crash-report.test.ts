import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { crashReport } from '../../src/crash/crash-report.ts';
import { isCrashReport, writeCrashReport } from '../../src/crash/crash-report-file.ts';
import { LastLines } from '../../src/crash/last-lines.ts';
import { temporaryDirectory } from '../support/server-process.ts';

const loaded = loadConfig({ argv: [], env: {}, dotenv: {}, workingDirectory: '/srv', version: '1.2.3' });
if (loaded.outcome !== 'config') throw new Error(loaded.text);
const { config } = loaded;

const facts = {
  at: new Date('2026-01-02T03:04:05.678Z'),
  event: 'uncaught_exception',
  error: new Error('outer', { cause: new Error('redis://me:hunter2@host:6379 is gone') }),
  config,
  nodeVersion: 'v24.0.0',
  platform: 'linux x64',
  uptimeSeconds: 12.3,
  memory: { rss: 123_456_789 },
  kernel: null,
  actors: {},
  lastLines: ['{"event":"ready"}', '{"event":"x"}'],
};

describe('the report of a crash', () => {
  it('says when, what, of what, with which settings, and what was logged last', () => {
    const report = crashReport(facts);
    for (const part of [
      'Heatline 1.2.3 crashed: uncaught_exception',
      '2026-01-02T03:04:05.678Z, after 12 s',
      'rss 123.5 MB',
      'Error: outer',
      '[cause]: Error: redis://…@host:6379 is gone',
      'Last 2 log lines\n\n{"event":"ready"}\n{"event":"x"}',
      '"maxConnections": 1000',
    ]) {
      expect(report).toContain(part);
    }
  });

  it('leaves out what may be a secret, wherever it stands', () => {
    const secrets = {
      apiKey: 'hunter2',
      nested: { jwtSecret: 'hunter2', keys: ['hunter2'], url: 'https://a:hunter2@b/c' },
    };
    const lastLines = ['{"url":"amqp://a:hunter2@b"}'];
    const report = crashReport({ ...facts, config: { ...config, ...secrets } as typeof config, lastLines });
    expect(report).not.toContain('hunter2');
    expect(report).toContain('"apiKey": "…"');
  });
});

describe('crash reports', () => {
  it('are named by their time, and the newest twenty are kept', async () => {
    const directory = await temporaryDirectory();
    onTestFinished(() => directory.dispose());
    writeFileSync(join(directory.path, 'events.sqlite'), '');
    for (let second = 0; second < 25; second++) {
      const path = writeCrashReport(directory.path, new Date(1_700_000_000_000 + second * 1000), `report ${second}`);
      expect(readFileSync(path as string, 'utf8')).toBe(`report ${second}`);
    }
    const files = readdirSync(directory.path).sort();
    expect(files.filter(isCrashReport)).toHaveLength(20);
    expect(files.filter(isCrashReport)[0]).toBe('crash-2023-11-14T22-13-25-000Z.txt');
    expect(files).toContain('events.sqlite');
  });

  it('that cannot be written are an answer, not another crash', async () => {
    const directory = await temporaryDirectory();
    onTestFinished(() => directory.dispose());
    mkdirSync(join(directory.path, 'crash-2023-11-14T22-13-20-000Z.txt'));
    expect(writeCrashReport(directory.path, new Date(1_700_000_000_000), 'text')).toBeInstanceOf(Error);
    expect(writeCrashReport(join(directory.path, 'nowhere'), new Date(), 'text')).toBeInstanceOf(Error);
  });
});

describe('the last lines', () => {
  it('are as many as were asked for, and all went on to where they are written', () => {
    const written: string[] = [];
    const lines = new LastLines({ write: (line) => written.push(line) }, 2);
    for (const line of ['a\n', 'b\n', 'c\n']) lines.write(line);
    expect([lines.lines, written]).toEqual([
      ['b', 'c'],
      ['a\n', 'b\n', 'c\n'],
    ]);
  });
});
