/** Kinds of settings: how each is read from text, checked, and described to people. */
import { z } from 'zod';
import { symbolName } from '../feed/symbol-name.ts';
import { redisAddress } from '../log/redis-address.ts';

export interface SettingMeta {
  readonly doc: string;
  /** In words, for people: "0.05–60 s". */
  readonly allowed: string;
  /** As it would be written in the environment; '' when there is none. */
  readonly default: string;
}

interface NumberSetting {
  readonly min: number;
  readonly max: number;
  readonly default: number;
  readonly unit?: string;
  readonly doc: string;
}

const decimal = /^-?\d+(\.\d+)?$/;
const integer = /^-?\d+$/;

export function setting<S extends z.ZodType>(schema: S, meta: SettingMeta) {
  return { schema, meta };
}

function numeric(form: RegExp, { min, max, unit, doc, default: value }: NumberSetting) {
  const schema = z.string().regex(form).transform(Number).pipe(z.number().min(min).max(max));
  const what = form === integer ? 'whole number ' : '';
  return setting(schema, { doc, default: String(value), allowed: `${what}${min}–${max}${unit ? ` ${unit}` : ''}` });
}

export const number = (options: NumberSetting) => numeric(decimal, options);
export const whole = (options: NumberSetting) => numeric(integer, options);

/** Given in seconds, used in milliseconds. */
export function seconds(options: NumberSetting) {
  const { schema, meta } = number({ ...options, unit: 's' });
  return setting(
    schema.transform((value) => value * 1000),
    meta,
  );
}

export function flag(doc: string, value: boolean) {
  const schema = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1');
  return setting(schema, { doc, default: String(value), allowed: 'true or false' });
}

export function choice<const V extends readonly [string, ...string[]]>(values: V, value: V[number], doc: string) {
  return setting(z.enum(values), { doc, default: value, allowed: values.join(', ') });
}

export function text(doc: string, value: string, allowed = 'text') {
  return setting(z.string().min(1), { doc, default: value, allowed });
}

/** Off unless it is set. */
export function optionalText(doc: string, allowed: string) {
  return setting(z.string(), { doc, default: '', allowed });
}

export const list = z.string().transform((items) =>
  items
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
const unique = (items: readonly string[]) => new Set(items).size === items.length;
/** About 600 perpetuals trade at a venue. */
const maxSymbols = 1000;
export const symbolList = z.union([
  z.literal('all'),
  list.refine(
    (items) =>
      items.length >= 1 && items.length <= maxSymbols && items.every((item) => symbolName.test(item)) && unique(items),
  ),
]);

export const recordedFiles = list
  .refine((items) => items.every((item) => /^[A-Z0-9]{2,20}=.+$/.test(item)))
  .transform((items) =>
    items.map((item) => [item.slice(0, item.indexOf('=')), item.slice(item.indexOf('=') + 1)] as const),
  )
  .refine((pairs) => unique(pairs.map(([symbol]) => symbol)));

export const origin = z.string().refine((value) => URL.canParse(value) && new URL(value).origin === value);

export const httpUrl = z
  .string()
  .refine((value) => URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol));

export const redisUrl = z
  .string()
  .transform(redisAddress)
  .refine((address) => address !== null);
