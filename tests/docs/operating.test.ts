/** What operators are told is what the code does: each close code, warning, cause, alert and finding has its line. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingNames, settings } from '../../src/config/settings.ts';
import { closeReasons } from '../../src/protocol/close-reason.ts';
import { errorCodes, warningSchema } from '../../src/protocol/server-message.ts';
import { projectRoot } from '../support/server-process.ts';

const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8');
const page = read('docs/operating.md');
/** First cells of table rows. */
const rows = page.split('\n').filter((line) => line.startsWith('| '));

/** Members of a union of strings, by the source. */
function unionOf(path: string, name: string): string[] {
  const declared = new RegExp(`export type ${name} =([^;]*);`).exec(read(path))![1]!;
  return [...declared.matchAll(/'(\w+)'/g)].map((match) => match[1]!);
}

describe('the page for operators', () => {
  it.each(Object.entries(closeReasons))('has a row for the close code of %s', (name, { code }) => {
    expect(rows.filter((row) => row.startsWith(`| ${code} | \`${name}\` |`))).toHaveLength(1);
  });

  it('has no row for a close code that there is not', () => {
    const told = rows.flatMap((row) => /^\| (\d{4}) \| `(\w+)` \|/.exec(row)?.slice(1) ?? []);
    expect(told).toEqual(Object.entries(closeReasons).flatMap(([name, { code }]) => [String(code), name]));
  });

  it.each([...warningSchema.shape.code.options, ...errorCodes])('says what to do about %s', (code) => {
    expect(rows.some((row) => row.split('|')[1]!.includes(`\`${code}\``))).toBe(true);
  });

  it('has a row for every cause of a refusal', () => {
    const causes = [
      ...unionOf('src/actors/admission.ts', 'AdmissionCause'),
      ...unionOf('src/server/upgrade-request.ts', 'RefusalCause'),
    ];
    expect(causes.length).toBeGreaterThan(8);
    expect(causes.filter((cause) => !rows.some((row) => row.includes(`| \`${cause}\` |`)))).toEqual([]);
  });

  it('names every finding of the doctor', () => {
    const codes = unionOf('src/doctor/finding.ts', 'FindingCode');
    expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });

  it('speaks of settings, log lines, metrics and files that there are', () => {
    const sources = readdirSync(join(projectRoot, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => read(join('src', file)))
      .join('\n');
    const capitals = [...page.matchAll(/\b[A-Z]+(?:_[A-Z]+)+\b/g)].map(([name]) => name);
    const codes: readonly string[] = [...errorCodes, ...warningSchema.shape.code.options];
    const unknown = capitals.filter((name) => !Object.hasOwn(settings, name) && !codes.includes(name));
    expect(unknown).toEqual([]);
    const metrics = [...page.matchAll(/heatline_\w+/g)].map(([name]) => name);
    expect(metrics.filter((name) => !sources.includes(name))).toEqual([]);
    const events = page.slice(page.indexOf('### Other log lines')).matchAll(/^\| (`.+?`) \|/gm);
    const names = [...events].flatMap((row) => [...row[1]!.matchAll(/`(\w+)`/g)].map((match) => match[1]!));
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !sources.includes(`event: '${name}'`))).toEqual([]);
    const links = [...page.matchAll(/\]\((\.\.\/[^)#]*)/g)].map((match) => join(projectRoot, 'docs', match[1]!));
    expect(links.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('goes through its troubles in the order of the quickstart', () => {
    const order = ['### Connection refused', '### Slow consumer warnings', '### No snapshots received'];
    const places = order.map((title) => page.indexOf(title));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });
});

describe('settings that may be 0', () => {
  // A seed of 0 is a seed.
  const names = settingNames.filter((name) => /(^| )0–/.test(settings[name].meta.allowed) && name !== 'SIMULATED_SEED');
  it.each(names)('%s says what that means', (name) => {
    expect(settings[name].meta.doc).toMatch(/\b0\b/);
  });
});
