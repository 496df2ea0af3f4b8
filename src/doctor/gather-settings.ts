/** The settings that a server would have that is started here, and what is wrong with them. */

import { settings } from '../config/settings.ts';
import { type ConfigSources, loadConfig } from '../config.ts';
import type { SettingsFacts } from './facts.ts';

export interface GatheredSettings {
  readonly settings: SettingsFacts;
  readonly directory: string;
  readonly port: number;
}

/** Of other programs that read the same file, or of packages of ours. */
const notOurs = /^(NODE|NPM|OTEL|TZ|LANG|LC|PATH|HOME|DEBUG)(_|$)/i;

export function gatherSettings(sources: ConfigSources): GatheredSettings {
  const loaded = loadConfig(sources);
  const problems = loaded.outcome === 'invalid' ? loaded.text.split('\n') : [];
  const strangers = Object.keys(sources.dotenv).filter(
    (name) =>
      !Object.hasOwn(settings, name) && !notOurs.test(name) && !problems.some((text) => text.startsWith(`${name} `)),
  );
  const usable = loaded.outcome === 'config' ? loaded : loadConfig({ ...sources, env: {}, dotenv: {} });
  if (usable.outcome !== 'config') throw new Error(usable.text);
  const { eventLog, port } = usable.config;
  const { maxAgeMs, maxBytes } = eventLog.retention;
  return {
    settings: { problems, strangers, isLogLimited: maxAgeMs > 0 || maxBytes > 0 },
    directory: eventLog.directory,
    port,
  };
}
