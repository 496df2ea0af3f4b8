/**
 * `npm run record -- --venue bybit --symbols BTCUSDT --out file.frames.zst`: keeps a venue's raw frames until Ctrl-C or `--for` seconds
 * are over. `SOURCE=recorded RECORDED_FILES=BTCUSDT=file.frames.zst` plays them.
 *
 * Exit codes: 0 done, 1 not understood or not written.
 */
import { parseArgs } from 'node:util';
import { systemClock } from './actors/kernel/system-clock.ts';
import { loadConfig } from './config.ts';
import { frameFileEnding } from './feed/venues/frame-record.ts';
import { FrameRecorder } from './feed/venues/frame-recorder.ts';
import { httpVenueGet } from './feed/venues/http-venue-get.ts';
import { newVenue } from './feed/venues/new-venue.ts';
import type { Venue } from './feed/venues/venue.ts';
import { openWsVenueSocket } from './feed/venues/ws-venue-socket.ts';

const usage = `npm run record -- --venue binance|bybit|okx --symbols BTCUSDT,ETHUSDT --out FILE${frameFileEnding} [--for SECONDS]`;
const longestTimerSeconds = 2_000_000;
const maxWaitingBytes = 64 * 1024 * 1024;
const firstReconnectMs = 500;

const { values } = parseArgs({
  options: {
    venue: { type: 'string' },
    symbols: { type: 'string' },
    out: { type: 'string' },
    for: { type: 'string', default: String(longestTimerSeconds) },
  },
});
const problem = await run().catch((error: Error) => error.message);
if (problem !== null) {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

/** @returns what is wrong; null after a recording. */
async function run(): Promise<string | null> {
  const { venue: name = '', symbols = '', out = '' } = values;
  const seconds = Number(values.for);
  if (!out.endsWith(frameFileEnding)) return `--out '${out}' must end in ${frameFileEnding}\n${usage}`;
  if (!(seconds > 0 && seconds <= longestTimerSeconds)) {
    return `--for '${values.for}' must be seconds, more than 0 and at most ${longestTimerSeconds}`;
  }
  const loaded = loadConfig({
    argv: ['--source=live', `--venues=${name}`, `--symbols=${symbols}`],
    env: process.env,
    dotenv: {},
    workingDirectory: process.cwd(),
    version: '',
  });
  if (loaded.outcome !== 'config') return `${loaded.text}\n${usage}`;
  const { live } = loaded.config;
  if (live.listing !== null) return `--symbols 'all' must be names\n${usage}`;
  const { name: venueName, socketUrl, restUrl, symbols: recorded } = live.venues[0]!;
  const venue = newVenue(venueName);
  if (live.venues.length > 1) return `--venue '${name}' must be one venue\n${usage}`;
  if (recorded.length > venue.symbolsPerConnection) {
    return `--symbols: ${venue.name} takes ${venue.symbolsPerConnection} a connection; record the others into another file`;
  }
  const contracts = venue.instruments === null ? undefined : await contractsOf(venue.instruments, restUrl);
  const unlisted = contracts && recorded.filter((symbol) => !contracts.has(symbol));
  if (unlisted !== undefined && unlisted.length > 0) {
    return `--symbols: ${venue.name} lists no contract for ${unlisted.join(', ')}; leave it out`;
  }
  const recorder = new FrameRecorder({
    venue,
    url: socketUrl + venue.path,
    symbols: recorded,
    contracts,
    path: out,
    openSocket: openWsVenueSocket,
    clock: systemClock,
    random: Math.random,
    timing: { ...live.timing, backoff: { firstMs: firstReconnectMs, maxMs: live.reconnectMaxMs } },
    maxWaitingBytes,
  });
  const over = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    process.once('SIGINT', end).once('SIGTERM', end);
  });
  await Promise.race([over, recorder.failed]);
  await recorder.stop();
  process.stdout.write(`${recorder.frames} frames in ${out}\n`);
  return null;
}

/** What the venue's sizes mean, for the recording's header. @throws when it does not answer. */
async function contractsOf({ path, learn }: NonNullable<Venue['instruments']>, restUrl: string) {
  const answer = await httpVenueGet(restUrl + path, new AbortController().signal).catch((error: Error) => {
    throw new Error(`${restUrl + path} does not answer: ${error.message}`, { cause: error });
  });
  if (answer.status !== 200) throw new Error(`${restUrl + path} answered ${answer.status}`);
  return learn(answer);
}
