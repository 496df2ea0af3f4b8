/** The score on real liquidations, where the recording of them is at hand. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { available } from '../support/require-or-skip.ts';
import { scoreTool as run } from '../support/score-tool.ts';
import { projectRoot, temporaryDirectory } from '../support/server-process.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
const at = (name: string) => join(directory.path, name);

beforeAll(async () => {
  directory = await temporaryDirectory();
});
afterAll(() => directory.dispose());

const truth = join(projectRoot, '../shared/data/truth');
const price = join(truth, 'btc-1m-price-oi-2026-02-16_03-18.csv');
const isThere = available('the recording of real liquidations', existsSync(price));

describe.skipIf(!isThere)('on real liquidations', () => {
  const real = ['--price', price, '--liquidations', join(truth, 'btc-liquidations-30m-2026-02-21_03-18.csv')];

  it('refuses to judge parameters on the days that taught them', async () => {
    const { code, err } = await run(...real, '--from', '2026-03-07');
    expect(code).toBe(1);
    expect(err).toContain('48 of the 542 intervals taught these parameters');
  });

  it('has on days that it has not seen the skill that the documents say, and OKX’s prices fit as they say', async () => {
    const events = join(truth, 'okx-liquidation-events-2026-03-04_05.csv');
    const options = ['--from', '2026-03-08', '--draws', '100', '--events', events, '--json', at('real.json')];
    expect(await run(...real, ...options)).toMatchObject({ code: 0 });
    const { report, events: single } = JSON.parse(await readFile(at('real.json'), 'utf8'));
    for (const side of ['long', 'short']) {
      const { all, fresh } = report.model.sides[side];
      expect(all.measures.givenMove.value).toBeGreaterThan(0.6);
      expect(all.measures.givenMove.low).toBeGreaterThan(0);
      expect(fresh.measures.givenMove.value).toBeGreaterThan(0.55);
      expect(all.measures.givenAge.value).toBeGreaterThan(0.55);
      expect(all.measures.ratio.value).toBeLessThan(1.35);
      expect(all.measures.slope.value).toBeLessThan(1.3);
    }
    expect(single.withinRange.flatWithSlack).toBeCloseTo(0.595, 2);
  });
});
