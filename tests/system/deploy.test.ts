/** The dashboard and the rules that an operator is given: they speak of metrics that there are, and the rules fire when they should. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { available } from '../support/require-or-skip.ts';
import { projectRoot, ServerProcess, temporaryDirectory } from '../support/server-process.ts';

const isPromtoolThere = available('promtool', existsSync('/usr/bin/promtool'));
const deploy = join(projectRoot, 'deploy');
const read = (name: string) => readFileSync(join(deploy, name), 'utf8');

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}
const dashboard = JSON.parse(read('grafana/heatline.json')) as { readonly panels: readonly Panel[] };
const expressions = {
  'the dashboard': dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  'the rules': [...read('prometheus/rules.yml').matchAll(/^ +expr: (.+)$/gm)].map((match) => match[1]!),
};

/** Metrics that an expression names, and the labels that it selects by. */
const metricsIn = (expr: string) => expr.match(/\b(ws|heatline|process|nodejs)_\w+/g) ?? [];

describe('what is deployed beside the server', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let server: ServerProcess;
  let families: Set<string>;
  beforeAll(async () => {
    directory = await temporaryDirectory();
    server = await ServerProcess.started({ DATA_DIR: directory.path });
    const text = await (await fetch(`${server.origin}/metrics`)).text();
    families = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map((match) => match[1]!));
  });
  afterAll(async () => {
    await server.stop();
    await directory.dispose();
  });

  it.each(Object.entries(expressions))('is of metrics that there are: %s', (_, all) => {
    expect(all.length).toBeGreaterThan(10);
    const names = all.flatMap(metricsIn);
    const missing = names.filter(
      (name) => !families.has(name) && !families.has(name.replace(/_(bucket|sum|count)$/, '')),
    );
    expect(missing).toEqual([]);
    expect(all.filter((expr) => metricsIn(expr).length === 0)).toEqual(all.filter((expr) => expr.startsWith('up{')));
  });

  it('has a place of its own for every panel of the dashboard', () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.get(`${x} ${y}`), title).toBeUndefined();
          taken.set(`${x} ${y}`, title);
        }
      }
    }
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });

  it('says of every alert what to do', () => {
    const rules = read('prometheus/rules.yml');
    const count = (pattern: RegExp) => rules.match(pattern)?.length;
    expect(count(/^ +action: ./gm)).toBe(count(/^ +- alert: /gm));
    expect(count(/^ +summary: ./gm)).toBe(count(/^ +- alert: /gm));
  });

  it.skipIf(!isPromtoolThere)('fires when it should, by the rules’ own tests, each rule at least once', () => {
    const folder = join(deploy, 'prometheus');
    const promtool = (...args: string[]) => execFileSync('promtool', args, { cwd: folder, encoding: 'utf8' });
    expect(promtool('check', 'rules', 'rules.yml')).toContain('SUCCESS');
    expect(promtool('check', 'config', 'prometheus.yml')).toContain('SUCCESS');
    expect(promtool('test', 'rules', 'rules.test.yml')).toContain('SUCCESS');
    const tests = read('prometheus/rules.test.yml');
    const alerts = [...read('prometheus/rules.yml').matchAll(/- alert: (\w+)/g)].map((match) => match[1]!);
    expect(alerts.filter((name) => !tests.includes(name))).toEqual([]);
  });
});
