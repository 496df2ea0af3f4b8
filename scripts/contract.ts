/** Writes the contract's documents into `docs`, as the server serves them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { asyncApi } from '../src/server/contract/asyncapi.ts';
import { openApi } from '../src/server/contract/openapi.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
for (const [name, document] of [
  ['openapi', openApi(version)],
  ['asyncapi', asyncApi(version)],
] as const) {
  writeFileSync(new URL(`../docs/${name}.json`, import.meta.url), `${JSON.stringify(document, null, 2)}\n`);
}
