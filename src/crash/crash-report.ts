/** What is to be known of a crash, as a text that one person can send to another: what could be a secret is left out. */
import { inspect } from 'node:util';
import type { KernelStats } from '../actors/kernel/kernel-event.ts';
import type { Config } from '../config.ts';
import type { ActorCensus } from '../metrics/actor-census.ts';

export interface CrashFacts {
  readonly at: Date;
  /** What the log line calls it. */
  readonly event: string;
  readonly error: unknown;
  readonly config: Config;
  readonly nodeVersion: string;
  readonly platform: string;
  readonly uptimeSeconds: number;
  /** In bytes, by name. */
  readonly memory: Readonly<Record<string, number>>;
  /** Null before there were any. */
  readonly kernel: KernelStats | null;
  readonly actors: ActorCensus;
  /** Oldest first. */
  readonly lastLines: readonly string[];
}

const left = '…';
const secretName = /secret|password|passphrase|token|credential|(^|[a-z_])keys?$/i;
/** Name and password in an address. */
const credentials = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi;

export function crashReport(facts: CrashFacts): string {
  const { at, event, error, config, nodeVersion, platform, uptimeSeconds, memory, kernel, actors, lastLines } = facts;
  const head = [
    `Heatline ${config.version} crashed: ${event}`,
    `at        ${at.toISOString()}, after ${Math.round(uptimeSeconds)} s`,
    `Node      ${nodeVersion} on ${platform}`,
    `memory    ${Object.entries(memory)
      .map(([name, bytes]) => `${name} ${(bytes / 1e6).toFixed(1)} MB`)
      .join(', ')}`,
  ];
  const sections = [
    ['Error', inspect(error, { depth: 6 })],
    ['Actors', kernel === null ? 'there were none yet' : inspect({ ...actors, kernel }, { breakLength: 100 })],
    [`Last ${lastLines.length} log lines`, lastLines.join('\n')],
    ['Settings, without secrets', JSON.stringify(config, withoutSecrets, 2)],
  ].map(([title, text]) => `\n== ${title}\n\n${text}`);
  return `${[...head, ...sections].join('\n')}\n`.replaceAll(credentials, `$1${left}@`);
}

function withoutSecrets(name: string, value: unknown): unknown {
  return secretName.test(name) && typeof value !== 'boolean' && value !== null ? left : value;
}
