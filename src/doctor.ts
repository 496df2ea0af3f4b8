/**
 * `npm run doctor [-- --url http://localhost:8000] [--json]`: looks at a running server and at the settings that one would have that is
 * started here, and says what is wrong and what to do about it.
 *
 * Exit codes: 0 nothing is wrong, 1 something is, or it was not understood.
 */
import { parseArgs } from 'node:util';
import { readDotenv } from './config/read-dotenv.ts';
import { gatherDisk } from './doctor/gather-disk.ts';
import { gatherServer } from './doctor/gather-server.ts';
import { gatherSettings } from './doctor/gather-settings.ts';
import { judge } from './doctor/judge.ts';
import { reportText } from './doctor/report-text.ts';

const usage = `npm run doctor [-- OPTIONS]

  --url URL     the server to look at; http://localhost:PORT unless given
  --token TOKEN for a server that asks for a credential: a key or token that may see status and stream
  --json        findings as JSON, for scripts`;

async function run(): Promise<number> {
  const { values } = parseArgs({
    args: process.argv.slice(2),
    options: {
      url: { type: 'string' },
      token: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  if (values.url !== undefined && !/^https?:\/\//.test(values.url)) {
    throw new Error(`--url ${values.url}: give an address such as http://localhost:8000`);
  }
  const workingDirectory = process.cwd();
  const sources = { argv: [], env: process.env, dotenv: readDotenv(workingDirectory), workingDirectory, version: '' };
  const { settings, directory, port } = gatherSettings(sources);
  const url = new URL(values.url ?? `http://localhost:${port}`).origin;
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
  const server = await gatherServer(url, values.token ?? null);
  const disk = isLocal ? gatherDisk(directory, Date.now()) : null;
  const findings = judge({ url, isLocal, settings, nodeVersion: process.version, server, disk });
  const text = values.json === true ? JSON.stringify({ url, findings }, null, 2) : reportText(url, server, findings);
  process.stdout.write(`${text}\n`);
  return findings.some(({ severity }) => severity === 'wrong') ? 1 : 0;
}

try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
  process.exitCode = 1;
}
