import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { assumptionsOf } from '../../src/market/assumptions.ts';
import { evolve, initialBook } from '../../src/market/book.ts';
import { batchFromEvents } from '../../src/market/event-batch.ts';
import { ladderParameters, leverageLadder } from '../../src/market/leverage-ladder.ts';
import { marginTierSet, tiersOf } from '../../src/market/margin-tiers.ts';
import { modelParameterNames, modelParameterSets } from '../../src/market/model-parameters.ts';

describe('sets of model parameters', () => {
  it('have the names that the setting allows, and ladders and tiers that are there', () => {
    expect(modelParameterSets.map(({ name }) => name)).toEqual([...modelParameterNames]);
    for (const { ladder, tiers } of modelParameterSets) {
      expect(ladderParameters(ladder)).toBeDefined();
      expect(marginTierSet(tiers)).toBeDefined();
    }
  });

  it('that were learned say from when to when, and what they learned lies within its intervals', () => {
    const learned = modelParameterSets.filter((set) => set.learned !== null);
    expect(learned.length).toBeGreaterThan(0);
    for (const { ladder, link, learned: from } of learned) {
      expect(from!.to).toBeGreaterThan(from!.from);
      const values: Record<string, number> = { ...ladderParameters(ladder)!, ...link };
      for (const [name, [low, high]] of Object.entries(from!.intervals)) {
        expect(values[name], name).toBeGreaterThanOrEqual(low);
        expect(values[name], name).toBeLessThanOrEqual(high);
      }
    }
  });

  it('are chosen by MODEL_PARAMETERS; unless it is set nothing changes', () => {
    const modelOf = (env: Record<string, string>) => {
      const read = loadConfig({ argv: [], env, dotenv: {}, workingDirectory: '/', version: '0' });
      return read.outcome === 'config' ? read.config.model : read;
    };
    expect(modelOf({})).toMatchObject({ ladder: 1, tiers: 1 });
    expect(modelOf({ MODEL_PARAMETERS: 'btc-2026-03' })).toMatchObject({ ladder: 2, tiers: 1 });
    expect(modelOf({ MODEL_PARAMETERS: 'best' })).toMatchObject({ outcome: 'invalid' });
  });
});

describe('a ladder with a share at leverage 1', () => {
  const parameters = ladderParameters(2)!;
  const ladder = leverageLadder(parameters, tiersOf(marginTierSet(1)!, 'BTCUSDT'));

  it('keeps it on its last rung, where no price liquidates a long and a short only after it has doubled', () => {
    expect(ladder.weight.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(ladder.weight).toHaveLength(parameters.rungs);
    const last = parameters.rungs - 1;
    expect(ladder.weight[last]).toBe(parameters.unlevered);
    expect(ladder.leverage[last]).toBe(1);
    expect(ladder.long[last]).toBe(0);
    expect(ladder.short[last]).toBeGreaterThan(1.9);
  });

  it('is never swept, however far the price falls', () => {
    const book = initialBook('BTCUSDT');
    const model = { tiers: 1, ladder: 2, churn: 0.5, halfLifeMs: 86_400_000 };
    const fall = Array.from({ length: 20 }, (_, i) => ({ time: 3 + i, id: 3 + i, price: 50_000 * 0.6 ** (i + 1) }));
    evolve(
      book,
      batchFromEvents([
        { kind: 'model_set', time: 1, id: 1, ...model },
        { kind: 'mark_price', time: 1, id: 1, price: 50_000 },
        { kind: 'trade', time: 2, id: 1, price: 50_000, quantity: 100, taker: 'buy' },
        ...fall.map((one) => ({ kind: 'mark_price' as const, ...one })),
      ]),
    );
    expect(book.long.total / 50).toBeGreaterThan(parameters.unlevered * (1 - 1e-6));
    expect(book.long.total / 50).toBeLessThan(1);
  });

  it('says so among the assumptions', () => {
    const book = initialBook('BTCUSDT');
    evolve(
      book,
      batchFromEvents([{ kind: 'model_set', time: 1, id: 1, tiers: 1, ladder: 2, churn: 0.5, halfLifeMs: 86_400_000 }]),
    );
    expect(assumptionsOf([book]).join('\n')).toContain('83.7 % of what opens is never force-closed');
    expect(assumptionsOf([book]).join('\n')).toContain(
      'distance^0.994 within liquidation distances of 0.17 % to 100 %',
    );
  });
});
