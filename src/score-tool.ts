/**
 * `npm run score -- --price FILE --liquidations FILE`: how good the picture is on a recording, or, with `--fit`, what parameters the
 * recording teaches.
 *
 * Exit codes: 0 done, 1 refused or not understood.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FeedError } from './feed/feed.ts';
import { progressOn } from './log-tool/progress.ts';
import { modelParameterNames, modelParameterSet } from './market/model-parameters.ts';
import { fit } from './score/fit.ts';
import { checkHeldOut } from './score/look-ahead.ts';
import type { ForecastParameters } from './score/parameters.ts';
import { type Recording, RecordingError, withTotalsOf } from './score/recording.ts';
import { scoreReport } from './score/score-report.ts';
import { readEvents } from './score-tool/event-file.ts';
import { type EventScore, eventScore, eventText } from './score-tool/event-score.ts';
import { fitStart } from './score-tool/fit-start.ts';
import { fitText } from './score-tool/fit-text.ts';
import { parametersOf } from './score-tool/parameters-of.ts';
import { readRecording } from './score-tool/read-recording.ts';
import { scorePage } from './score-tool/score-page.ts';
import { scoreTable } from './score-tool/score-table.ts';

const usage = `npm run score -- --price FILE --liquidations FILE [options]

  --price FILE         candles: open_time or time_ms, open, high, low, close, volume [, open_interest]
  --liquidations FILE  totals an interval: time_ms, long_usd, short_usd
  --events FILE        single liquidations with bankruptcy prices: first touch of levels
  --symbol NAME        whose margin tiers hold                         BTCUSDT
  --parameters NAME    ${modelParameterNames.join(', ')}
  --from, --to TIME    the intervals that are looked at, ISO 8601      all
  --in-sample          also score intervals that taught the parameters
  --fit                learn parameters from these intervals instead of scoring
  --json FILE          all figures
  --page FILE          plots as a page that needs nothing else
  --draws N, --seed N  of the bootstrap by days                        1000, 1`;

class UsageError extends Error {}

/** Of all that the score is made by; raise it with every change that gives other figures. */
const scorerVersion = 1;
const print = (text: string) => process.stdout.write(`${text}\n`);
const progress = progressOn(process.stderr, 'score');

try {
  const { values } = parseArgs({
    options: {
      price: { type: 'string' },
      liquidations: { type: 'string' },
      events: { type: 'string' },
      symbol: { type: 'string', default: 'BTCUSDT' },
      parameters: { type: 'string', default: modelParameterNames.at(-1)! },
      from: { type: 'string', default: '1970-01-01' },
      to: { type: 'string', default: '9999-01-01' },
      'in-sample': { type: 'boolean', default: false },
      fit: { type: 'boolean', default: false },
      json: { type: 'string' },
      page: { type: 'string' },
      draws: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) print(usage);
  else await run(values);
} catch (error) {
  const isUsage = error instanceof UsageError || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS');
  const isFile = error instanceof Error && 'syscall' in error;
  if (!(isUsage || isFile || error instanceof RecordingError || error instanceof FeedError)) throw error;
  process.stderr.write(`${(error as Error).message}${isUsage ? `\n\n${usage}` : ''}\n`);
  process.exitCode = 1;
}

interface Values {
  readonly price?: string | undefined;
  readonly liquidations?: string | undefined;
  readonly events?: string | undefined;
  readonly symbol: string;
  readonly parameters: string;
  readonly from: string;
  readonly to: string;
  readonly 'in-sample': boolean;
  readonly fit: boolean;
  readonly json?: string | undefined;
  readonly page?: string | undefined;
  readonly draws: string;
  readonly seed: string;
}

async function run(values: Values): Promise<void> {
  const { price, liquidations, symbol } = values;
  if (price === undefined || liquidations === undefined)
    throw new UsageError('--price and --liquidations must name files');
  const set = modelParameterSet(values.parameters);
  if (set === undefined) {
    throw new UsageError(`--parameters must be one of ${modelParameterNames.join(', ')}, not '${values.parameters}'`);
  }
  const [draws, seed] = [whole('--draws', values.draws, 100), whole('--seed', values.seed, 0)];
  const read = await readRecording(symbol, price, liquidations);
  const recording = withTotalsOf(read.recording, moment('--from', values.from), moment('--to', values.to));
  if (recording.totals.length === 0) throw new UsageError('--from and --to leave no interval');
  const base = { scorerVersion, symbol, data: read.digest };
  if (values.fit) {
    const fitted = fit(recording, { start: fitStart, onStep: (step, of) => progress.at(step, of) });
    progress.end();
    print(fitText(fitted, recording));
    if (values.json !== undefined) writeJson(values.json, { ...base, fit: fitted });
    return;
  }
  if (!values['in-sample']) checkHeldOut(recording, set.learned);
  const model = parametersOf(set);
  const report = scoreReport(recording, model, { draws, seed, onProgress: (done, of) => progress.at(done, of) });
  progress.end();
  const facts = { ...base, parameters: set.name, values: model, inSample: values['in-sample'], seed, draws };
  print(
    `${symbol}, parameters ${set.name}${values['in-sample'] ? ', IN SAMPLE' : ''}; scorer ${scorerVersion}, seed ${seed}, data ${read.digest.slice(0, 16)}\n`,
  );
  print(scoreTable(report));
  const events = values.events === undefined ? null : eventsOf(values.events, read.recording, model);
  if (events !== null) print(eventText(events));
  if (values.json !== undefined) writeJson(values.json, { ...facts, report, events });
  if (values.page !== undefined) writeFileSync(values.page, scorePage(report, facts));
}

function eventsOf(path: string, recording: Recording, model: ForecastParameters): EventScore {
  return eventScore(recording, readEvents(path, readFileSync(path, 'utf8'), recording.symbol), model);
}

/** What has no value is null there. */
function writeJson(path: string, value: unknown): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

function whole(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= least && value <= 1_000_000)) {
    throw new UsageError(`${flag} must be a whole number from ${least} to 1000000, not '${text}'`);
  }
  return value;
}

function moment(flag: string, text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new UsageError(`${flag} must be a time such as 2026-03-08, not '${text}'`);
  return time;
}
