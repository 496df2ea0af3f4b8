/**
 * All that the server shows to browsers and is the same for everybody: the pages under `public`, the client library, the contract.
 *
 * TypeScript under `public` is served as JavaScript of the same name, so a page imports `./chart.ts` and nothing is built.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { clientScripts } from './client-script.ts';
import { asyncApi } from './contract/asyncapi.ts';
import { docsPage } from './contract/docs-page.ts';
import { openApi } from './contract/openapi.ts';
import { paths } from './paths.ts';
import { type StaticFile, staticFile } from './static-file.ts';
import { withoutTypes } from './without-types.ts';

const javascript = 'text/javascript; charset=utf-8';
const html = 'text/html; charset=utf-8';
const json = 'application/json; charset=utf-8';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': html,
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.js': javascript,
  '.ts': javascript,
};

/** Nothing from elsewhere, nothing inline, and nobody frames us. */
const pagePolicy =
  "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const pageHeaders = { 'Content-Security-Policy': pagePolicy };

/** Pages that have a path without an ending. */
const pages: Readonly<Record<string, string>> = {
  'index.html': paths.root,
  'stats.html': paths.statsPage,
  'accuracy.html': paths.accuracyPage,
};

/** By path. */
export function siteFiles(): ReadonlyMap<string, StaticFile> {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const [http, socket] = [openApi(version), asyncApi(version)];
  const scripts = clientScripts();
  const indented = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return new Map([
    ...publicFiles(),
    ['/vendor/lightweight-charts.mjs', staticFile(javascript, chartLibrary())],
    [paths.script, staticFile(javascript, scripts.script)],
    [paths.scriptModule, staticFile(javascript, scripts.module)],
    [paths.openApi, staticFile(json, indented(http))],
    [paths.asyncApi, staticFile(json, indented(socket))],
    [paths.docs, staticFile(html, docsPage(http, socket), pageHeaders)],
  ]);
}

/** As its authors ship it for browsers: one file that imports nothing. */
function chartLibrary(): string {
  const name = 'lightweight-charts/dist/lightweight-charts.standalone.production.mjs';
  const folder = dirname(createRequire(import.meta.url).resolve('lightweight-charts/package.json'));
  return readFileSync(join(dirname(folder), name), 'utf8');
}

function publicFiles(): [string, StaticFile][] {
  const folder = new URL('../../public/', import.meta.url);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => contentTypes[extname(name)] !== undefined)
    .map((name) => {
      const text = readFileSync(new URL(name, folder), 'utf8');
      const body = name.endsWith('.ts') ? withoutTypes(text) : text;
      const contentType = contentTypes[extname(name)]!;
      const headers = contentType === html ? pageHeaders : {};
      return [pages[name] ?? `/${name}`, staticFile(contentType, body, headers)];
    });
}
