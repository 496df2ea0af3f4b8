/** The findings for people. */
import type { ServerFacts, UnreachableFacts } from './facts.ts';
import type { Finding } from './finding.ts';

const labels = { wrong: 'WRONG ', advice: 'advice' } as const;

export function reportText(url: string, server: ServerFacts | UnreachableFacts, findings: readonly Finding[]): string {
  const lines = findings.map(
    ({ severity, finding, remedy }) => `${labels[severity]}  ${finding}\n${' '.repeat(8)}${remedy}`,
  );
  const wrong = findings.filter(({ severity }) => severity === 'wrong').length;
  const verdict = wrong === 0 ? 'Nothing is wrong.' : `${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong.`;
  return [headline(url, server), ...lines, verdict].join('\n');
}

function headline(url: string, server: ServerFacts | UnreachableFacts): string {
  if (!server.reached) return `${url}: no server`;
  const { health, stats } = server;
  const source = health.simulated ? `${health.source}, not a real market` : health.source;
  return `${url}: heatline ${health.version}, ${health.status}, source ${source}, ${stats.active_connections} of ${stats.max_connections} connections`;
}
