/** This project's server on another log, started as `src/main.ts` starts it: `rival-server.ts lmdb | rows`, settings in the environment. */
import { pino } from 'pino';
import { systemClock } from '../../src/actors/kernel/system-clock.ts';
import { loadConfig } from '../../src/config.ts';
import { createRecordedFeed } from '../../src/feed/recorded-feed.ts';
import { Heatline } from '../../src/heatline.ts';
import { rivalStores } from './stores.ts';

const name = process.argv[2];
if (name !== 'lmdb' && name !== 'rows') throw new Error(`there is no store '${name}': name lmdb or rows`);
const loaded = loadConfig({
  argv: [],
  env: process.env,
  dotenv: {},
  workingDirectory: process.cwd(),
  version: 'bench',
});
if (loaded.outcome !== 'config') throw new Error(loaded.text);
const { config } = loaded;
const logger = pino({ level: config.logLevel, base: { service: 'heatline' } }, pino.destination({ sync: true }));
const files = new Map(config.recorded.files.map(({ symbol, path }) => [symbol, path]));
const feed = createRecordedFeed({ files, speed: config.recorded.speed, clock: systemClock });
const log = await rivalStores[name].open(config.eventLog.directory);
const heatline = new Heatline({
  config,
  logger,
  log,
  redis: null,
  feedOf: () => feed,
  streamPrefix: feed.name,
  traces: null,
});
const { address, port } = await heatline.start();
logger.info({ event: 'ready', address, port });
