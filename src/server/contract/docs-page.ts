/** The contract as a page for people: made from the same documents that machines read. */
import type { asyncApi } from './asyncapi.ts';
import type { JsonSchema } from './json-schema.ts';
import type { openApi } from './openapi.ts';

const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char]!);

export function docsPage(http: ReturnType<typeof openApi>, socket: ReturnType<typeof asyncApi>): string {
  const messages = Object.entries(socket.components.messages);
  const requests = messages.filter(([key]) => key.endsWith('Request'));
  const answers = messages.filter(([key]) => !key.endsWith('Request'));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Heatline: the contract</title>
<link rel="stylesheet" href="/site.css">
</head>
<body class="page">
<header><h1>Heatline ${escaped(http.info.version)}</h1>
<p><a href="/">Dashboard</a> · for machines: <a href="/asyncapi.json">asyncapi.json</a>, <a href="/openapi.json">openapi.json</a></p></header>
<main>
<h2 id="socket">The socket: <code>${socket.channels.heatmap.address}</code></h2>
<p>${escaped(socket.info.description)}</p>
<h3>Client → server</h3>
${requests.map(([, message]) => messageSection(message)).join('\n')}
<h3>Server → client</h3>
${answers.map(([, message]) => messageSection(message)).join('\n')}
<h2 id="http">HTTP</h2>
${Object.entries(http.paths).map(pathSection).join('\n')}
</main>
</body>
</html>
`;
}

interface Message {
  readonly name: string;
  readonly summary: string | undefined;
  readonly payload: JsonSchema;
}

function messageSection({ name, summary, payload }: Message): string {
  return `<section><h4><code>${escaped(name)}</code> ${escaped(summary ?? '')}</h4>${fieldTable(payload)}</section>`;
}

interface Operation {
  readonly get: {
    readonly summary: string;
    readonly parameters?: readonly object[];
    readonly responses: object;
  };
}

interface Parameter {
  readonly name: string;
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

function pathSection([path, { get }]: [string, Operation]): string {
  const parameters = (get.parameters ?? []) as readonly Parameter[];
  const rows = parameters.map(({ name, required, description, schema }) =>
    row(name, typeOf(schema), required, description ?? ''),
  );
  const responses = Object.entries(get.responses as Record<string, { description: string }>).map(
    ([status, { description }]) => `<li><code>${status}</code> ${escaped(description)}</li>`,
  );
  return `<section><h3><code>GET ${escaped(path)}</code></h3><p>${escaped(get.summary)}.</p>${table(rows)}<ul>${responses.join('')}</ul></section>`;
}

function fieldTable(schema: JsonSchema): string {
  return table(fieldRows(schema, ''));
}

/** Fields of fields stand under their own, as `data.levels[].price`. */
function fieldRows(schema: JsonSchema, prefix: string): string[] {
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
  const required = (schema.required ?? []) as string[];
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const own = row(path, typeOf(field), required.includes(name), String(field.description ?? ''));
    const items = field.items as JsonSchema | undefined;
    const inner = items?.properties === undefined ? fieldRows(field, `${path}.`) : fieldRows(items, `${path}[].`);
    return [own, ...inner];
  });
}

function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const either = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  if (either !== undefined) return either.map(typeOf).join(' or ');
  const bounds = [bound('≥', schema.minimum), bound('>', schema.exclusiveMinimum), bound('≤', schema.maximum)];
  const initial = schema.default === undefined ? '' : `, unless given ${JSON.stringify(schema.default)}`;
  return `${[schema.type ?? 'any', ...bounds].join('')}${initial}`;
}

function bound(sign: string, value: unknown): string {
  return value === undefined ? '' : ` ${sign} ${String(value)}`;
}

function row(name: string, type: string, isRequired: boolean, description: string): string {
  const optional = isRequired ? '' : ' <em>optional</em>';
  return `<tr><td><code>${escaped(name)}</code>${optional}</td><td>${escaped(type)}</td><td>${escaped(description)}</td></tr>`;
}

function table(rows: readonly string[]): string {
  if (rows.length === 0) return '';
  return `<table><thead><tr><th>Field</th><th>Type</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}
