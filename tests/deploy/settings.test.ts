/** What the files under `deploy` set is what the server knows and allows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingNames } from '../../src/config/settings.ts';
import { loadConfig } from '../../src/config.ts';
import { projectRoot } from '../support/server-process.ts';
import { composeFiles, composeNodes, deployYaml, imageInstructions } from './deploy-files.ts';

type Variables = Readonly<Record<string, string>>;

const image: Variables = Object.fromEntries(
  imageInstructions()
    .filter(({ keyword }) => keyword === 'ENV')
    .map(({ argument }) => argument.split('=') as [string, string]),
);
const inCompose = composeFiles.flatMap((file) =>
  composeNodes(file).map(([name, { environment }]) => [`${name} of ${file}`, environment!] as const),
);
const configMap = deployYaml<{ data: Variables }>('kubernetes/config-map.yaml').data;
const places: (readonly [string, Variables])[] = [
  ['the image', image],
  ...inCompose,
  ['the ConfigMap', { ...configMap, REDIS_URL: 'rediss://:secret@redis.example.com:6379' }],
];

describe('the settings', () => {
  it.each(places)('of %s are settings of the server, with values that it allows', (_, variables) => {
    expect(Object.keys(variables).filter((name) => !settingNames.includes(name as never))).toEqual([]);
    const env = { ...image, ...variables };
    const loaded = loadConfig({ argv: [], env, dotenv: {}, workingDirectory: '/app', version: '0' });
    expect(loaded).toMatchObject({ outcome: 'config' });
  });

  it.each(places.slice(1))(
    'of %s are written as text, so that no reader takes them for something else',
    (_, variables) => {
      expect(Object.entries(variables).filter(([, value]) => typeof value !== 'string')).toEqual([]);
    },
  );

  it('that the page on deploying names are settings of the server', () => {
    const page = readFileSync(join(projectRoot, 'docs/deploying.md'), 'utf8');
    const named = [...page.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g)].map((match) => match[1]!);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !settingNames.includes(name as never))).toEqual([]);
  });
});
