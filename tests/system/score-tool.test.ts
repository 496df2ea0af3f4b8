/** The score from the command line, on files of a simulated market. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatedRecording } from '../score/simulated-recording.ts';
import { scoreTool as run } from '../support/score-tool.ts';
import { temporaryDirectory } from '../support/server-process.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
const at = (name: string) => join(directory.path, name);
const files = () => ['--price', at('price.csv'), '--liquidations', at('liquidations.csv')];
const quick = ['--parameters', 'even', '--draws', '100'];

beforeAll(async () => {
  directory = await temporaryDirectory();
  const { recording } = simulatedRecording(2, 2);
  const openInterest = new Map<number, number>();
  const price = ['time_ms,open,high,low,close,volume,open_interest'];
  for (const one of recording.observations) {
    if (one.kind === 'open_interest') openInterest.set(one.time, one.contracts);
    else {
      const known = openInterest.get(one.id) ?? '';
      price.push([one.id, one.open, one.high, one.low, one.close, one.volume, known].join(','));
    }
  }
  const totals = recording.totals.map(({ time, longUsd, shortUsd }) => [time, longUsd, shortUsd].join(','));
  await writeFile(at('price.csv'), price.join('\n'));
  await writeFile(at('liquidations.csv'), ['time_ms,long_usd,short_usd', ...totals].join('\n'));
});
afterAll(() => directory.dispose());

describe('npm run score', () => {
  it('scores, and gives the same figures again', async () => {
    const [one, two] = ['one.json', 'two.json'].map(at);
    const first = await run(...files(), ...quick, '--json', one!, '--page', at('page.html'));
    expect(first).toMatchObject({ code: 0 });
    expect(first.out).toContain('rank, given the size of the move');
    expect(first.out).toContain('effective days');
    await run(...files(), ...quick, '--json', two!);
    expect(await readFile(two!, 'utf8')).toBe(await readFile(one!, 'utf8'));
    const { scorerVersion, data, seed, parameters, values, report } = JSON.parse(await readFile(one!, 'utf8'));
    expect({ scorerVersion, seed, parameters }).toEqual({ scorerVersion: 1, seed: 1, parameters: 'even' });
    expect(data).toMatch(/^[0-9a-f]{64}$/);
    expect(values.ladder.nearest).toBe(0.003);
    // Other than the half-hours of two days, days are what counts.
    expect(report.model.sides.long.all.effectiveDays).toBeLessThanOrEqual(3);
  });

  it('draws a page that loads nothing', async () => {
    const page = await readFile(at('page.html'), 'utf8');
    expect(page.match(/<svg/g)).toHaveLength(4);
    expect(page).not.toMatch(/<script|<link|<img|(src|href)=|url\(|NaN/);
    expect(page).toContain('size of the move');
  });

  it('learns parameters from the intervals that it is given', async () => {
    const { code, out } = await run(...files(), '--fit', '--to', '2026-01-02T06:00:00Z');
    expect(code).toBe(0);
    expect(out).toContain('learned from 12 intervals of 1 days');
  });

  it.each([
    [[], '--price and --liquidations must name files'],
    [['--price', 'x.csv', '--liquidations', 'y.csv'], 'x.csv cannot be read'],
    [['--parameters', 'best'], "--parameters must be one of even, btc-2026-03, not 'best'"],
    [['--draws', '7'], "--draws must be a whole number from 100 to 1000000, not '7'"],
    [['--from', 'monday'], "--from must be a time such as 2026-03-08, not 'monday'"],
    [['--to', '2020-01-01'], '--from and --to leave no interval'],
    [['--colour', 'red'], "Unknown option '--colour'"],
  ])('refuses what it cannot do, and says what is wrong (%j)', async (argv, problem) => {
    const isWhole = argv.length === 0 || argv.includes('--price');
    const { code, out, err } = await run(...(isWhole ? [] : files()), ...argv, '--json', at('never.json'));
    expect(code).toBe(1);
    expect(err).toContain(problem);
    expect(out).toBe('');
    expect(existsSync(at('never.json'))).toBe(false);
  });
});
