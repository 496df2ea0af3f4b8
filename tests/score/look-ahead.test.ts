/** What knows the future is refused: each leak is planted here once. */
import { describe, expect, it } from 'vitest';
import { fit, withLearned } from '../../src/score/fit.ts';
import { forecast, segmentsOf } from '../../src/score/forecast.ts';
import { checkForecaster, checkHeldOut, checkOpenInterestTiming, type Forecaster } from '../../src/score/look-ahead.ts';
import { intervalPaths } from '../../src/score/price-path.ts';
import { type Recording, withTotalsOf } from '../../src/score/recording.ts';
import { scoreReport } from '../../src/score/score-report.ts';
import { rightParameters } from './right-parameters.ts';
import { simulatedRecording } from './simulated-recording.ts';

const { recording } = simulatedRecording(1, 2);
const honest: Forecaster = (one) => forecast(segmentsOf(one), intervalPaths(one), rightParameters);

/** Each value of the open interest where the one before it stood. */
function oneStepEarly(one: Recording): Recording {
  const values = one.observations.filter((observation) => observation.kind === 'open_interest');
  let at = 0;
  const observations = one.observations.map((observation) => {
    if (observation.kind !== 'open_interest') return observation;
    at++;
    return { ...observation, contracts: (values[at] ?? observation).contracts };
  });
  return { ...one, observations };
}

describe('an honest forecast', () => {
  it('passes', () => {
    expect(() => checkForecaster(recording, honest)).not.toThrow();
    const timing = checkOpenInterestTiming(recording.observations)!;
    expect(timing.before).toBeGreaterThan(timing.after);
  });
});

describe('a look-ahead', () => {
  it('of a recording whose open interest is a step early is refused before anything is scored', () => {
    const early = oneStepEarly(recording);
    expect(() => checkOpenInterestTiming(early.observations)).toThrow('stamped too early');
    expect(() => scoreReport(early, rightParameters, { draws: 100, seed: 1 })).toThrow('stamped too early');
  });

  it('of a forecaster that takes the next open interest is noticed', () => {
    expect(() => checkForecaster(recording, (one) => honest(oneStepEarly(one)))).toThrow('after it began');
  });

  it('of a forecaster that takes a liquidation of the interval is noticed', () => {
    const peeking: Forecaster = (one) =>
      honest(one).map((made, place) => {
        const total = made.long.total + 0.001 * one.totals[place]!.longUsd;
        return { ...made, long: { ...made.long, total } };
      });
    expect(() => checkForecaster(recording, peeking)).toThrow('after it began');
  });

  it('of a forecaster that scales by the volume of the interval is noticed', () => {
    const peeking: Forecaster = (one) => {
      const later = one.observations.filter((o) => o.kind === 'candle').at(-1)!.volume;
      return honest(one).map((made) => ({ ...made, short: { ...made.short, total: made.short.total + later } }));
    };
    expect(() => checkForecaster(recording, peeking)).toThrow('after it began');
  });

  it('of parameters that were learned from what they are judged on is refused, by one interval', () => {
    const { time } = recording.totals.at(-1)!;
    const learnedOn = (to: number) => ({ from: 0, to });
    const last = withTotalsOf(recording, time, time + recording.intervalMs);
    expect(() => checkHeldOut(last, learnedOn(time + 1))).toThrow('1 of the 1 intervals taught these parameters');
    expect(() => checkHeldOut(last, learnedOn(time))).not.toThrow();
    expect(() => checkHeldOut(last, null)).not.toThrow();
  });
});

describe('a fit on the first day', () => {
  it('is the same whatever was liquidated, traded and open on the second', () => {
    const middle = recording.totals[48]!.time;
    const changed: Recording = {
      ...recording,
      observations: recording.observations.map((observation) => {
        if (observation.time <= middle) return observation;
        if (observation.kind === 'open_interest') return { ...observation, contracts: observation.contracts / 2 };
        return { ...observation, volume: observation.volume * 5 };
      }),
      totals: recording.totals.map((total) => (total.time < middle ? total : { ...total, longUsd: 1e9 })),
    };
    const start = withLearned(rightParameters, { shape: 0.2 });
    const onFirst = (one: Recording) => fit(withTotalsOf(one, 0, middle), { start, names: ['shape'], mostSteps: 10 });
    expect(onFirst(changed)).toEqual(onFirst(recording));
    const withOneMore = (one: Recording) =>
      fit(withTotalsOf(one, 0, middle + one.intervalMs), { start, names: ['shape'], mostSteps: 10 });
    expect(withOneMore(changed)).not.toEqual(withOneMore(recording));
  });
});
