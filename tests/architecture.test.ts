/** The direction of imports, and the habits that a machine can check. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from './support/server-process.ts';

/** Folders of what puts everything together. */
const roomsOfMain = ['config', 'clients', 'log-tool', 'score-tool', 'metrics', 'tracing', 'doctor', 'crash'];
/** Each room may import from itself and from those before it. */
const order = [
  'client',
  'market',
  'score',
  'protocol',
  'feed',
  'log',
  'workers',
  'streams',
  'actors',
  'cluster',
  'server',
  'main',
];
/** Beside each other: neither may import the other, but what comes after may import both. */
const apart = [
  ['feed', 'log'],
  ...['market', 'score', 'protocol', 'feed', 'log', 'workers', 'streams', 'actors', 'cluster', 'server'].map((room) => [
    'client',
    room,
  ]),
];
/** Packages and who may use them; the others of `package.json` are free. */
const packages: Readonly<Record<string, readonly string[]>> = {
  ws: ['server', 'feed'],
  rxjs: ['streams', 'actors', 'main'],
  piscina: ['workers'],
  ioredis: ['log', 'cluster'],
  pino: ['main'],
  'prom-client': ['main'],
  '@opentelemetry': ['main'],
  'pure-rand': ['score'],
};
const longestFile = 300;

function filesUnder(folder: string): string[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('node_modules/'))
    .map((file) => join(folder, file));
}

const sources = filesUnder('src');
const all = [...sources, ...filesUnder('tests'), ...filesUnder('bench'), ...filesUnder('torture')];
const textOf = (file: string) => readFileSync(join(projectRoot, file), 'utf8');

/** The room of a file: its folder under src; files at the top put everything together. */
function roomOf(file: string): string {
  const [, room, ...rest] = file.split('/');
  if (rest.length === 0 || roomsOfMain.includes(room!)) return 'main';
  return room!;
}

function importsOf(file: string): string[] {
  const text = textOf(file).replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const patterns = [
    /^\s*(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]/gm,
    /^\s*import\s*['"]([^'"]+)['"]/gm,
    /\bimport\(\s*['"]([^'"]+)['"]/g,
    /new URL\(\s*['"](\.[^'"]+\.ts)['"]/g,
  ];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1]!));
}

function forbidden(from: string, to: string): boolean {
  if (from === to) return false;
  if (apart.some((pair) => pair.includes(from) && pair.includes(to))) return true;
  return order.indexOf(to) > order.indexOf(from);
}

describe('the rooms under src', () => {
  it('are those the rule knows', () => {
    expect(new Set(sources.map(roomOf))).toEqual(new Set(order));
  });

  it('import only from rooms to their left', () => {
    const wrong = sources.flatMap((file) =>
      importsOf(file)
        .filter((path) => path.startsWith('.'))
        .map((path) => relative('.', join(dirname(file), path)))
        .filter((target) => target.startsWith('src/') && forbidden(roomOf(file), roomOf(target)))
        .map((target) => `${file} → ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('keep the kernel free of everything but itself', () => {
    const kernel = 'src/actors/kernel';
    const wrong = sources
      .filter((file) => file.startsWith(kernel))
      .flatMap((file) =>
        importsOf(file)
          .filter((path) => !path.startsWith('./'))
          .map((path) => `${file} → ${path}`),
      );
    expect(wrong).toEqual([]);
  });

  it('leave the settings to the top: nothing else reads the environment', () => {
    const readers = sources.filter((file) => /\bprocess\.(env|argv)\b/.test(textOf(file)));
    expect(readers.sort()).toEqual(['src/doctor.ts', 'src/log-tool.ts', 'src/main.ts', 'src/record-tool.ts']);
  });

  it.each(Object.entries(packages))('use %s only in %s', (name, rooms) => {
    const users = sources.filter((file) =>
      importsOf(file).some((path) => path === name || path.startsWith(`${name}/`)),
    );
    expect(users.filter((file) => !rooms.includes(roomOf(file)))).toEqual([]);
  });

  it('notice an arrow the wrong way', () => {
    expect(forbidden('market', 'actors')).toBe(true);
    expect(forbidden('feed', 'log')).toBe(true);
    expect(forbidden('actors', 'market')).toBe(false);
    expect(roomOf('src/actors/kernel/clock.ts')).toBe('actors');
  });
});

describe('every file', () => {
  it.each(all)('%s is one thing, named in lower case, and imports by full name', (file) => {
    const text = textOf(file);
    expect(text.split('\n').length, 'lines').toBeLessThanOrEqual(longestFile + 1);
    expect(basename(file)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/);
    for (const path of importsOf(file)) if (path.startsWith('.')) expect(path).toMatch(/\.ts$/);
    const mayHaveDefault = file.endsWith('-task.ts');
    if (!mayHaveDefault) expect(text).not.toMatch(/^export default/m);
  });
});
