/** Plain HTTP as an OpenAPI 3.1 document, made from the schemas that check questions and describe answers. */
import type { z } from 'zod';
import { accuracySchema } from '../../protocol/accuracy-view.ts';
import { historyQuerySchema } from '../../protocol/history-query.ts';
import { historyAnswerSchema, refusalSchema } from '../../protocol/history-view.ts';
import { healthSchema, statsSchema } from '../../protocol/http-view.ts';
import { paths } from '../paths.ts';
import { type JsonSchema, jsonSchema } from './json-schema.ts';

const json = (description: string, schema: z.ZodType) => ({
  description,
  content: { 'application/json': { schema: jsonSchema(schema, 'output') } },
});
const text = (description: string, type = 'text/plain') => ({
  description,
  content: { [type]: { schema: { type: 'string' } } },
});
const health = { '200': json('How the server is', healthSchema) };
const refused = (description: string) => json(description, refusalSchema);
/** While access is limited. */
const limited = {
  '401': refused('A credential is missing or not good; see WWW-Authenticate'),
  '403': refused('The credential lacks the scope'),
};

function parametersOf(schema: z.ZodType) {
  const { properties, required = [] } = jsonSchema(schema, 'input') as {
    properties: Record<string, JsonSchema & { description?: string }>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    description,
    schema: rest,
  }));
}

export function openApi(version: string) {
  const get = (summary: string, responses: object, parameters: object[] = []) => ({
    get: { summary, ...(parameters.length > 0 && { parameters }), responses },
  });
  return {
    openapi: '3.1.0',
    info: { title: 'Heatline', version, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: 'http://localhost:8000' }],
    paths: {
      [paths.history]: get(
        'The past: a picture for each whole interval that is over',
        {
          '200': json('The series. It never changes, and is named by its ETag', historyAnswerSchema),
          '304': { description: 'You have it already (If-None-Match)' },
          '400': refused('A parameter is not understood'),
          ...limited,
          '413': refused('It would be too large; the message says what to ask for instead'),
          '503': refused('Nothing is known yet, or too much is asked at once; see Retry-After'),
        },
        parametersOf(historyQuerySchema),
      ),
      [paths.accuracy]: get(
        'How good the live picture was: predictions that were frozen before their intervals, scored after them',
        {
          '200': json('By symbol, venue and side', accuracySchema),
          '400': refused('The symbol is not one of this server'),
          ...limited,
          '503': refused('Too much is asked at once; see Retry-After'),
        },
        [
          {
            name: 'symbol',
            in: 'query',
            required: false,
            description: 'whose numbers are asked for; without it only how far each symbol is',
            schema: { type: 'string' },
          },
        ],
      ),
      [paths.health]: get('How the server is, and what its books assume', { ...health, ...limited }),
      [paths.live]: get('For probes: answers while the process does', health),
      [paths.ready]: get('For probes: whether clients are served', {
        ...health,
        '503': json('Recovery is not over, or the server is stopping', healthSchema),
      }),
      [paths.stats]: get('Connections and messages', { '200': json('Counts', statsSchema), ...limited }),
      [paths.metrics]: get('Metrics for Prometheus', { '200': text('Prometheus text'), ...limited }),
      [paths.stream]: get('The stream: a WebSocket, described in asyncapi.json', {
        '101': { description: 'The WebSocket is open' },
        '400': text('Not a WebSocket handshake; the line says what is wrong'),
        '401': text('A credential is missing or not good; see WWW-Authenticate'),
        '403': text('This Origin may not connect, or the credential lacks the scope'),
        '426': text('Connect with a WebSocket client'),
        '429': text('The credential has as many connections as it may; see Retry-After'),
        '503': text('Full, overloaded or stopping; see Retry-After'),
      }),
      [paths.script]: get('The client library: a plain script with the global class HeatmapWebSocket', {
        '200': text('JavaScript', 'text/javascript'),
      }),
      [paths.scriptModule]: get('The client library as an ES module', { '200': text('JavaScript', 'text/javascript') }),
    },
  };
}
