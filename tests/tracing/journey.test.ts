import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Journey, type JourneySpans, journeySpans } from '../../src/tracing/journey.ts';
import { Tracing } from '../../src/tracing.ts';

function journeyOf(steps: readonly number[], isWritten: boolean): Journey {
  let now = 1_700_000_000_000;
  const [observedAt, appendedAt, committedAt, foldedAt, startedAt, renderedAt, settledAt, writtenAt] = steps.map(
    (step) => (now += step),
  ) as [number, number, number, number, number, number, number, number];
  const fold = {
    seq: 7,
    events: 3,
    position: 2,
    marketTime: observedAt - 5,
    observedAt,
    appendedAt,
    committedAt,
    foldedAt,
  };
  const picture = { fold, startedAt, renderedAt, settledAt };
  return { symbol: 'BTCUSDT', epoch: 'e', seq: 9, clients: 2, fold, picture, writtenAt: isWritten ? writtenAt : null };
}

const steps = fc.array(fc.nat(1000), { minLength: 8, maxLength: 8 });

describe('the spans of a journey', () => {
  it('touch each other and fill the whole', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), (durations, isWritten) => {
        const { whole, stages } = journeySpans(journeyOf(durations, isWritten));
        expect(stages[0]!.from).toBe(whole.from);
        expect(stages.at(-1)!.to).toBe(whole.to);
        for (const [i, { to }] of stages.slice(0, -1).entries()) expect(stages[i + 1]!.from).toBe(to);
        expect(stages.at(-1)!.name).toBe(isWritten ? 'first write' : 'hand out');
      }),
    );
  });
});

describe('tracing', () => {
  const traced = () => {
    const sent: JourneySpans[] = [];
    return { sent, tracing: new Tracing({ send: (spans) => sent.push(spans), stop: async () => {} }) };
  };
  const { fold, picture } = journeyOf([1, 1, 1, 1, 1, 1, 1, 1], false);
  const frame = { symbol: 'BTCUSDT', epoch: 'e', seq: 9 };

  it('gives all pictures of a turn the moment of its first write, and later ones another', async () => {
    const { sent, tracing } = traced();
    const writtenAt = fold.observedAt + 100;
    tracing.picture(frame, picture, 2);
    process.nextTick(() => tracing.written(writtenAt));
    tracing.picture({ ...frame, symbol: 'ETHUSDT' }, picture, 2);
    await setImmediate();
    tracing.picture(frame, picture, 0);
    await setImmediate();
    expect(sent.map(({ whole }) => [whole.attributes.symbol, whole.to])).toEqual([
      ['BTCUSDT', writtenAt],
      ['ETHUSDT', writtenAt],
      ['BTCUSDT', picture.settledAt],
    ]);
  });

  it('says nothing of a picture that shows no new event', async () => {
    const { sent, tracing } = traced();
    tracing.picture(frame, { ...picture, fold: null }, 2);
    await setImmediate();
    expect(sent).toEqual([]);
  });
});
