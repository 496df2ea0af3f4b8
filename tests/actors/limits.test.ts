import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClientLimits, judge, type LagReport } from '../../src/actors/limits.ts';

const limits: ClientLimits = {
  slowConsumerTimeoutMs: 1000,
  stuckTimeoutMs: 30_000,
  heartbeatIntervalMs: 20_000,
  maxBufferedBytes: 1_000_000,
};
const well: LagReport = {
  unacknowledgedForMs: 0,
  acknowledgedAfterMs: 5,
  silentForMs: 100,
  bufferedBytes: 0,
  isSlow: false,
};

describe('the limits', () => {
  it.each<[string, Partial<LagReport>, string]>([
    ['a client that keeps up', {}, 'keep'],
    ['one that is a moment behind', { unacknowledgedForMs: 999 }, 'keep'],
    ['one that has not read for the slow timeout', { unacknowledgedForMs: 1000 }, 'mark_slow'],
    ['one that is known to be slow', { unacknowledgedForMs: 5000, isSlow: true }, 'keep'],
    ['a slow one that read late', { isSlow: true, acknowledgedAfterMs: 1500 }, 'keep'],
    ['a slow one that reads in time again', { isSlow: true, acknowledgedAfterMs: 20 }, 'mark_recovered'],
    ['one that was silent for a heartbeat', { silentForMs: 20_000 }, 'ask_for_life'],
    ['one that did not answer the heartbeat', { silentForMs: 40_000 }, 'cut_off'],
  ])('answer %s', (_who, report, action) => {
    expect(judge({ ...well, ...report }, limits).action).toBe(action);
  });

  it.each<[string, Partial<LagReport>]>([
    ['read nothing for the stuck timeout', { unacknowledgedForMs: 30_000, isSlow: true }],
    ['lets answers pile up in the socket', { bufferedBytes: 1_000_001 }],
  ])('close one that %s as a slow consumer', (_who, report) => {
    expect(judge({ ...well, ...report }, limits)).toEqual({ action: 'close', reason: 'slow_consumer' });
  });

  it('never mark, warn or close a client that acknowledges at once and is heard', () => {
    const reports = fc.record({
      unacknowledgedForMs: fc.double({ min: 0, max: 999, noNaN: true }),
      acknowledgedAfterMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
      silentForMs: fc.double({ min: 0, max: 19_999, noNaN: true }),
      bufferedBytes: fc.nat({ max: 1_000_000 }),
      isSlow: fc.constant(false),
    });
    fc.assert(
      fc.property(reports, (report) => {
        expect(judge(report, limits)).toEqual({ action: 'keep' });
      }),
    );
  });
});
