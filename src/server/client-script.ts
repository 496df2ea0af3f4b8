/**
 * The client library as browsers take it: a plain script that leaves one global class, and an ES module. Made from the source when the
 * server starts, so that what is served is what is tested.
 */
import { readFileSync } from 'node:fs';
import { programFile } from '../workers/program-file.ts';
import { withoutTypes } from './without-types.ts';

/** In the order in which one uses the other. */
const parts = [
  'bearer',
  'held-liquidations',
  'held-picture',
  'subscriptions',
  'keepalive',
  'latest-picture',
  'picture-polling',
  'heatmap-websocket',
];
const className = 'HeatmapWebSocket';

const withoutImports = (code: string) => code.replace(/^import\s[^;]*;$/gm, '');
const withoutComments = (code: string) => code.replace(/^\s*\/\*\*[\s\S]*?\*\/\n/gm, '').replace(/^\s*\/\/.*\n/gm, '');
const withoutBlankLines = (code: string) => code.replace(/[ \t]+$/gm, '').replace(/\n{2,}/g, '\n');

function librarySource(): string {
  const sources = parts.map((name) =>
    readFileSync(programFile(new URL(`../client/${name}.ts`, import.meta.url)), 'utf8'),
  );
  const code = sources.map((source) => withoutTypes(withoutComments(withoutImports(source)))).join('\n');
  return withoutBlankLines(code).trim();
}

export interface ClientScripts {
  readonly script: string;
  readonly module: string;
}

export function clientScripts(): ClientScripts {
  const code = librarySource();
  const plain = code.replace(/^export /gm, '');
  const note = '// Heatline client library. MIT licence.';
  return {
    script: `${note}\n(() => {\n${plain}\nglobalThis.${className} = ${className};\n})();\n`,
    module: `${note}\n${code}\n`,
  };
}
