/** The security documents name what there is: tests that exist, settings that exist, and every setting that is a limit. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingNames } from '../src/config/settings.ts';
import { projectRoot } from './support/server-process.ts';

const read = (name: string) => readFileSync(join(projectRoot, name), 'utf8');
const model = read('docs/threat-model.md');
const named = [...model.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
const limits = /^(WS_MAX_|WS_.*_TIMEOUT$|HTTP_|ACCESS_|ADMIN_|TLS_|HISTORY_(MAX|QUEUE|TIMEOUT)|REPLAY_MAX$)/;
/** Not a limit of what a client may cost. */
const others = ['WS_SLOW_CONSUMER_TIMEOUT'];

describe('the threat model', () => {
  it('names tests that exist, and several', () => {
    const tests = named.filter((name) => name.startsWith('tests/'));
    expect(tests.length).toBeGreaterThan(30);
    expect(tests.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
  });

  it('has a test in every row', () => {
    const rows = model.split('\n').filter((line) => /^\| [^-L]/.test(line));
    expect(rows.filter((row) => !/`tests\/[^`]+\.test\.ts`/.test(row.split('|').at(-2)!))).toEqual([]);
  });

  it('names settings that exist, and all that limit what a stranger may cost', () => {
    const settings = named.filter((name) => /^[A-Z]+(_[A-Z]+)+$/.test(name));
    expect(settings.filter((name) => !(settingNames as string[]).includes(name) && name !== 'WS_THREADS')).toEqual([]);
    const missing = settingNames.filter((name) => limits.test(name) && !others.includes(name) && !named.includes(name));
    expect(missing).toEqual([]);
  });
});

describe('SECURITY.md', () => {
  it('refers to what there is', () => {
    const text = read('SECURITY.md');
    for (const [, path] of text.matchAll(/\]\(([^)#]+)\)/g)) expect(existsSync(join(projectRoot, path!))).toBe(true);
    const { scripts } = JSON.parse(read('package.json'));
    for (const [, script] of text.matchAll(/npm run (?:-s )?(\S+)/g)) expect(scripts).toHaveProperty([script!]);
  });

  it('has a list of all that the server is built on, as CycloneDX', { timeout: 60_000 }, () => {
    const list = JSON.parse(execFileSync('npm', ['run', '-s', 'docs:sbom'], { cwd: projectRoot, encoding: 'utf8' }));
    expect(list.bomFormat).toBe('CycloneDX');
    const listed = list.components.map(({ name, version }: { name: string; version: string }) => `${name}@${version}`);
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    for (const [name, version] of Object.entries(dependencies)) expect(listed).toContain(`${name}@${version}`);
  });
});
