/** The requirement document's own samples, so that what is tested is what is written there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './server-process.ts';

const path = join(projectRoot, '../shared/quickstart.md');
export const isQuickstartThere = existsSync(path);

/** Code blocks under the heading that begins with `heading`, in order. */
export function samples(heading: string, language: string): string[] {
  const text = readFileSync(path, 'utf8');
  const start = text.indexOf(`## ${heading}`);
  if (start === -1) throw new Error(`the document has no heading '${heading}'`);
  const rest = text.slice(start + 3);
  const end = rest.search(/^## /m);
  const section = end === -1 ? rest : rest.slice(0, end);
  const blocks = [...section.matchAll(/^ *```(\w+)\n([\s\S]*?)^ *```/gm)];
  return blocks.filter(([, name]) => name === language).map(([, , code]) => code!);
}

/** The sample as it would run against a server at another address. */
export function at(sample: string, port: number): string {
  return sample.replaceAll('localhost:8000', `127.0.0.1:${port}`);
}
