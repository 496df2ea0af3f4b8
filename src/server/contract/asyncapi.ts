/** The socket as an AsyncAPI 3 document, made from the schemas that check its messages. */
import type { z } from 'zod';
import { clientMessageSchemas } from '../../protocol/client-message.ts';
import { closeReasons } from '../../protocol/close-reason.ts';
import { liquidationsSchema } from '../../protocol/liquidations-message.ts';
import { scoreSchema } from '../../protocol/score-message.ts';
import {
  ackSchema,
  deltaSchema,
  errorSchema,
  goawaySchema,
  pongSchema,
  replaySchema,
  snapshotSchema,
  warningSchema,
} from '../../protocol/server-message.ts';
import { paths } from '../paths.ts';
import { jsonSchema } from './json-schema.ts';

const serverMessages = {
  snapshot: snapshotSchema,
  delta: deltaSchema,
  liquidations: liquidationsSchema,
  score: scoreSchema,
  warning: warningSchema,
  error: errorSchema,
  pong: pongSchema,
  ack: ackSchema,
  replay: replaySchema,
  goaway: goawaySchema,
};

const summaries: Readonly<Record<string, string>> = {
  subscribe: 'Begin with the latest picture of each symbol, then one each time it has changed',
  unsubscribe: 'Nothing more of these symbols',
  'replay (client)': 'The past at a speed, then the live pictures',
  authenticate: 'A new credential before the old one expires; the connection goes on',
  ping: 'Answered by a pong',
  snapshot: 'A whole picture',
  delta: 'What has changed since the picture prev_seq; only in delta mode',
  liquidations: 'Liquidations that were seen since the message before; for those who asked for the channel',
  score: 'Predictions as they are frozen, and how they did; for those who asked for the channel',
  warning:
    'SLOW_CONSUMER: older pictures were replaced by newer ones. CONNECTION_UNSTABLE: reconnected often. CREDENTIAL_EXPIRES: send a new one with authenticate',
  error: 'A message was refused; the connection goes on',
  pong: 'Answer to a ping',
  ack: 'Answer to a message with an id',
  replay: 'A replay is over',
  goaway: 'Comes before a planned close',
};

function messagesOf(schemas: Readonly<Record<string, z.ZodType>>, side: 'input' | 'output', suffix: string) {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      `${name}${suffix}`,
      {
        name,
        summary: summaries[`${name} (${suffix === '' ? 'server' : 'client'})`] ?? summaries[name],
        contentType: 'application/json',
        payload: jsonSchema(schema, side),
      },
    ]),
  );
}

export function asyncApi(version: string) {
  const fromClient = messagesOf(clientMessageSchemas, 'input', 'Request');
  const fromServer = messagesOf(serverMessages, 'output', '');
  const refsTo = (names: readonly string[]) => names.map((name) => ({ $ref: `#/channels/heatmap/messages/${name}` }));
  const all = { ...fromClient, ...fromServer };
  const codes = Object.values(closeReasons).map(({ code, reason }) => `${code} ${reason}`);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Heatline stream',
      version,
      description: `Liquidation heatmaps as snapshots and deltas, one JSON object a text frame. Close codes: ${codes.join('; ')}.`,
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: { local: { host: 'localhost:8000', protocol: 'ws' } },
    channels: {
      heatmap: {
        address: paths.stream,
        messages: Object.fromEntries(Object.keys(all).map((name) => [name, { $ref: `#/components/messages/${name}` }])),
      },
    },
    operations: {
      ask: { action: 'receive', channel: { $ref: '#/channels/heatmap' }, messages: refsTo(Object.keys(fromClient)) },
      tell: { action: 'send', channel: { $ref: '#/channels/heatmap' }, messages: refsTo(Object.keys(fromServer)) },
    },
    components: { messages: all },
  };
}
