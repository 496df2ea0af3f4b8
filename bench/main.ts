/** `npm run bench -- NAME [--quick] [--json FILE]`: runs one benchmark and prints its tables. */
import { readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { BenchTable } from './bench-table.ts';

/** Modules here that are not benchmarks. */
const helpers = ['main', 'bench-table', 'rounds', 'line-process'];
const known = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
  .filter((name) => !helpers.includes(name))
  .sort();

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } },
});
const [name] = positionals;

if (name === undefined || !known.includes(name)) {
  const given = name === undefined ? 'No benchmark named' : `There is no benchmark '${name}'`;
  process.stderr.write(`${given}. There is: ${known.join(', ')}\nnpm run bench -- NAME [--quick] [--json FILE]\n`);
  process.exitCode = 1;
} else {
  const { run } = (await import(`./${name}.ts`)) as { run(options: { quick: boolean }): Promise<BenchTable[]> };
  print(`${name}: Node ${process.version}, ${availableParallelism()} cores${values.quick ? ', quick' : ''}`);
  const tables = await run({ quick: values.quick });
  for (const table of tables) printTable(table);
  if (values.json !== undefined) {
    const figures = Object.assign({}, ...tables.map((table) => table.figures));
    writeFileSync(values.json, `${JSON.stringify({ bench: name, node: process.version, figures }, null, 2)}\n`);
  }
}

function printTable({ title, columns, rows, misses = [] }: BenchTable): void {
  const lines = [columns, ...rows].map((row) => row.map(String));
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  print(`\n${title}`);
  for (const line of lines) print(`  ${line.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`);
  for (const miss of misses) print(`  MISSED ${miss}`);
  if (misses.length > 0) process.exitCode = 1;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
