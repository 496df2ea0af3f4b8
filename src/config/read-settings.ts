/** Settings out of flags, environment and `.env`, in that order of weight. Every bad one is named; none is passed over. */
import { flagOf, type SettingName, type Settings, settingNames, settings } from './settings.ts';

export interface SettingSources {
  /** Arguments behind the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Contents of `.env`, parsed. */
  readonly dotenv: Readonly<Record<string, string | undefined>>;
}

export interface ReadSettings {
  readonly settings: Settings;
  /** Names that were given a value somewhere. */
  readonly given: ReadonlySet<SettingName>;
}

export type SettingsResult =
  | ({ readonly ok: true } & ReadSettings)
  | { readonly ok: false; readonly problems: string[] };

interface Given {
  readonly text: string;
  /** "--port", "PORT in the environment", … */
  readonly source: string;
}

/** An environment variable that begins like one of ours and is none of ours is a slip. */
const ownPrefixes = /^(WS|SIMULATED|RECORDED|REDIS|SNAPSHOT|CHECKPOINT|MODEL|HISTORY|REPLAY|ACCESS|TLS|VENUE)_/;

export function readSettings(sources: SettingSources): SettingsResult {
  const problems: string[] = [];
  const flags = readFlags(sources.argv, problems);
  const environment = readVariables(sources.env, 'in the environment', problems);
  const dotenv = readVariables(sources.dotenv, 'in .env', problems);
  const values: Partial<Record<SettingName, unknown>> = {};
  const given = new Set<SettingName>();
  for (const name of settingNames) {
    const found = flags.get(name) ?? environment.get(name) ?? dotenv.get(name);
    if (found !== undefined) given.add(name);
    const { schema, meta } = settings[name];
    const parsed = schema.safeParse(found?.text ?? meta.default);
    if (parsed.success) values[name] = parsed.data;
    else
      problems.push(
        `${found?.source ?? name}: '${shown(name, found?.text ?? '')}' is not allowed; allowed: ${meta.allowed}`,
      );
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, settings: values as Settings, given };
}

function readFlags(argv: readonly string[], problems: string[]): Map<SettingName, Given> {
  const byFlag = new Map(settingNames.map((name) => [flagOf(name), name]));
  const found = new Map<SettingName, Given>();
  for (let i = 0; i < argv.length; i++) {
    const [flag, inline] = splitOnce(argv[i]!);
    const name = byFlag.get(flag);
    if (name === undefined) {
      problems.push(`${flag} is not a setting; did you mean ${nearest(flag, [...byFlag.keys()])}? See --help`);
      if (inline === undefined && argv[i + 1]?.startsWith('--') === false) i++;
      continue;
    }
    const text = inline ?? argv[++i];
    if (text === undefined) problems.push(`${flag} needs a value; allowed: ${settings[name].meta.allowed}`);
    else found.set(name, { text, source: flag });
  }
  return found;
}

function readVariables(
  variables: Readonly<Record<string, string | undefined>>,
  place: string,
  problems: string[],
): Map<SettingName, Given> {
  const found = new Map<SettingName, Given>();
  for (const [name, text] of Object.entries(variables)) {
    if (text === undefined || text === '') continue;
    if (Object.hasOwn(settings, name)) found.set(name as SettingName, { text, source: `${name} ${place}` });
    else if (ownPrefixes.test(name)) {
      problems.push(`${name} ${place} is not a setting; did you mean ${nearest(name, settingNames)}?`);
    }
  }
  return found;
}

function splitOnce(argument: string): [flag: string, value: string | undefined] {
  const at = argument.indexOf('=');
  return at === -1 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)];
}

/** A URL may hold a password. No secret is shown, not even a bad one. */
function shown(name: SettingName, text: string): string {
  return name === 'REDIS_URL' || name === 'ADMIN_TOKEN' ? '…' : text;
}

function nearest(word: string, candidates: readonly string[]): string {
  const distances = candidates.map((candidate) => ({ candidate, distance: editDistance(word, candidate) }));
  return distances.reduce((best, next) => (next.distance < best.distance ? next : best)).candidate;
}

/** Levenshtein's: letters to insert, delete or replace. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
