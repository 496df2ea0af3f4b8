/** What is wrong, by what is known: pure, worst first. */
import { asksForCredential, type Facts, type ServerFacts } from './facts.ts';
import { advice, type Finding, wrong } from './finding.ts';
import { judgeMachine } from './judge-machine.ts';
import { judgeServer } from './judge-server.ts';

const oldestNode = 24;

/** @returns nothing when all is well. */
export function judge(facts: Facts): Finding[] {
  const findings = [...judgeSettings(facts), ...judgeReach(facts), ...judgeMachine(facts)];
  return [
    ...findings.filter(({ severity }) => severity === 'wrong'),
    ...findings.filter(({ severity }) => severity !== 'wrong'),
  ];
}

function judgeSettings({ settings, nodeVersion }: Facts): Finding[] {
  const bad = settings.problems.map((problem) =>
    wrong(
      'bad_setting',
      `A setting is bad: ${problem}.`,
      'Mend it where it is set (flag, environment or .env): a server does not start with it.',
    ),
  );
  const strangers = settings.strangers.map((name) =>
    advice(
      'no_setting',
      `${name} in .env is no setting of this server.`,
      'Look at `npm start -- --help` for the name that was meant, or delete the line.',
    ),
  );
  return [...bad, ...strangers, ...judgeNode('This Node', nodeVersion)];
}

function judgeReach({ server, url }: Facts): Finding[] {
  if (server.reached) return [...judgeNode('The server’s Node', nodeOf(server)), ...judgeServer(server)];
  if (server.reason === asksForCredential) {
    const remedy = 'Show one with --token: a key or token with the scopes status and stream.';
    return [wrong('not_authenticated', `The server at ${url} asks for a credential.`, remedy)];
  }
  return [
    wrong(
      'unreachable',
      `No server answers at ${url}: ${server.reason}.`,
      'Start it with `npm start`; if it runs, look whether HOST, PORT, a firewall or a proxy is in the way, or name another address with --url.',
    ),
  ];
}

function judgeNode(whose: string, version: string): Finding[] {
  const major = Number(/^v?(\d+)/.exec(version)?.[1] ?? Number.NaN);
  if (Number.isNaN(major) || major >= oldestNode) return [];
  return [
    wrong(
      'old_node',
      `${whose} is ${version}, and the server needs ${oldestNode} or later.`,
      'Start it through npm (`npm start`), which uses the Node that `npm ci` installed.',
    ),
  ];
}

function nodeOf({ after }: ServerFacts): string {
  return after.valuesOf('version', 'nodejs_version_info')[0] ?? '';
}
