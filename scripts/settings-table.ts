/** Writes the README's table of settings anew from the schema. */
import { readFileSync, writeFileSync } from 'node:fs';
import { settingsTable } from '../src/config/settings.ts';

const path = new URL('../README.md', import.meta.url);
const text = readFileSync(path, 'utf8');
const table = /(<!-- settings -->\n)[\s\S]*?(<!-- \/settings -->)/;
writeFileSync(
  path,
  text.replace(table, (_, start, end) => `${start}${settingsTable()}\n${end}`),
);
