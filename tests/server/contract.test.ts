/** The contract as documents: well formed, complete, and what is committed is what the code makes. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { clientMessageSchemas } from '../../src/protocol/client-message.ts';
import { serverMessageSchema } from '../../src/protocol/server-message.ts';
import { asyncApi } from '../../src/server/contract/asyncapi.ts';
import { openApi } from '../../src/server/contract/openapi.ts';
import { paths } from '../../src/server/paths.ts';
import { projectRoot } from '../support/server-process.ts';
import { startServer } from './harness.ts';

const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
const committed = (name: string) => JSON.parse(readFileSync(join(projectRoot, 'docs', name), 'utf8'));

describe('openapi.json', () => {
  it('is an OpenAPI 3.1 document', async () => {
    const result = await new Validator().validate(openApi(version));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
  });

  it('is committed as the code makes it (npm run docs:contract writes it)', () => {
    expect(committed('openapi.json')).toEqual(JSON.parse(JSON.stringify(openApi(version))));
  });

  it('names every path that answers', () => {
    const pages: string[] = [
      paths.root,
      paths.docs,
      paths.statsPage,
      paths.accuracyPage,
      paths.openApi,
      paths.asyncApi,
    ];
    const named = Object.keys(openApi(version).paths);
    expect(named.sort()).toEqual(
      Object.values(paths)
        .filter((path) => !pages.includes(path))
        .sort(),
    );
  });
});

describe('asyncapi.json', () => {
  it('is an AsyncAPI 3 document', () => {
    const schema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json');
    const ajv = new Ajv.default({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const validate = ajv.compile(schema);
    const isValid = validate(JSON.parse(JSON.stringify(asyncApi(version))));
    expect(validate.errors ?? []).toEqual([]);
    expect(isValid).toBe(true);
  });

  it('is committed as the code makes it (npm run docs:contract writes it)', () => {
    expect(committed('asyncapi.json')).toEqual(JSON.parse(JSON.stringify(asyncApi(version))));
  });

  it('has every message of either side', () => {
    const names = Object.keys(asyncApi(version).components.messages);
    for (const action of Object.keys(clientMessageSchemas)) expect(names).toContain(`${action}Request`);
    for (const option of serverMessageSchema.options) expect(names).toContain(option.shape.type.value);
  });
});

describe('the site', () => {
  it('serves documents and a page of them, named by their contents, with a policy that lets nothing in', async () => {
    const { origin } = await startServer();
    for (const path of ['/openapi.json', '/asyncapi.json']) {
      expect(await (await fetch(origin + path)).json()).toEqual(committed(path.slice(1)));
    }
    const page = await fetch(`${origin}/docs`);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    const text = await page.text();
    for (const word of ['prev_seq', 'heatmap-timeseries', 'data.levels[].price', 'SLOW_CONSUMER'])
      expect(text).toContain(word);
    const tag = page.headers.get('etag')!;
    expect((await fetch(`${origin}/docs`, { headers: { 'If-None-Match': tag } })).status).toBe(304);
  });
});
