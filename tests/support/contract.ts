/** The published contract, as a judge of what a server says: a field that it does not name is as wrong as one that is missing. */
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { asyncApi } from '../../src/server/contract/asyncapi.ts';
import { openApi } from '../../src/server/contract/openapi.ts';

const ajv = new Ajv2020.default({ strict: false, allErrors: false });
addFormats.default(ajv);

const messages = asyncApi('0').components.messages as Record<string, { payload: object }>;
const validators = new Map<string, ReturnType<typeof ajv.compile>>();

function validatorOf(name: string, schema: () => object): ReturnType<typeof ajv.compile> {
  let validator = validators.get(name);
  if (validator === undefined) {
    validator = ajv.compile(schema());
    validators.set(name, validator);
  }
  return validator;
}

/** @throws when a message of the server is not as the contract says. */
export function assertServerMessage(message: { type: string }): void {
  const published = messages[message.type];
  if (published === undefined) throw new Error(`the contract has no message of type ${message.type}`);
  const validate = validatorOf(message.type, () => published.payload);
  if (!validate(message)) throw new Error(`${message.type}: ${ajv.errorsText(validate.errors)}`);
}

/** @throws when an answer of plain HTTP is not as the contract says. */
export function assertAnswer(path: string, status: number, body: unknown): void {
  const operations = openApi('0').paths as Record<string, { get: { responses: object } }>;
  const responses = operations[path]?.get.responses as
    | Record<string, { content: Record<string, { schema: object }> }>
    | undefined;
  const published = responses?.[String(status)];
  if (published === undefined) throw new Error(`the contract has no ${status} of ${path}`);
  const validate = validatorOf(`${status} ${path}`, () => published.content['application/json']!.schema);
  if (!validate(body)) throw new Error(`${status} ${path}: ${ajv.errorsText(validate.errors)}`);
}
