import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClientLimits, judge, type LagReport, typicalLag } from '../../src/actors/limits.ts';

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

const calm = { stalledMs: 0, typicalLagMs: 0 };

describe('the limits', () => {
  it.each<[string, Partial<LagReport>, string]>([
    ['a client that keeps up', {}, 'keep'],
    ['one that is a moment behind', { unacknowledgedForMs: 999 }, 'keep'],
    ['one that has not read for the slow timeout', { unacknowledgedForMs: 1000 }, 'mark_slow'],
    ['one that is known to be slow', { unacknowledgedForMs: 5000, isSlow: true }, 'keep'],
    ['a slow one that read late', { isSlow: true, acknowledgedAfterMs: 1500 }, 'keep'],
    ['a slow one that reads in time again', { isSlow: true, acknowledgedAfterMs: 20 }, 'mark_recovered'],
    ['one that is given more meanwhile', { isSlow: true, unacknowledgedForMs: 30 }, 'mark_recovered'],
    ['a slow one that is only just in time', { isSlow: true, acknowledgedAfterMs: 600 }, 'keep'],
    ['one that was silent for a heartbeat', { silentForMs: 20_000 }, 'ask_for_life'],
    ['one that did not answer the heartbeat', { silentForMs: 40_000 }, 'cut_off'],
  ])('answer %s', (_who, report, action) => {
    expect(judge({ ...well, ...report }, limits, calm).action).toBe(action);
  });

  it.each<[string, Partial<LagReport>]>([
    ['read nothing for the stuck timeout', { unacknowledgedForMs: 30_000, isSlow: true }],
    ['lets answers pile up in the socket', { bufferedBytes: 1_000_001 }],
  ])('close one that %s as a slow consumer', (_who, report) => {
    expect(judge({ ...well, ...report }, limits, calm)).toMatchObject({ action: 'close', reason: 'slow_consumer' });
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
        expect(judge(report, limits, calm)).toEqual({ action: 'keep' });
      }),
    );
  });

  it('lay nothing on a client that befell all: neither a stall of the server nor a lag that half of the clients have', () => {
    const late = { ...well, unacknowledgedForMs: 31_000, silentForMs: 41_000 };
    expect(judge(late, limits, calm)).toEqual({ action: 'close', reason: 'slow_consumer', cause: 'stuck' });
    const full = { ...well, bufferedBytes: limits.maxBufferedBytes + 1 };
    expect(judge(full, limits, calm)).toMatchObject({ cause: 'buffered' });
    expect(judge(late, limits, { stalledMs: 40_500, typicalLagMs: 0 })).toEqual({ action: 'keep' });
    const unread = { ...late, silentForMs: 0 };
    expect(judge(unread, limits, { stalledMs: 0, typicalLagMs: 30_500 })).toEqual({ action: 'keep' });
    expect(judge(unread, limits, { stalledMs: 0, typicalLagMs: 20_000 })).toEqual({ action: 'mark_slow' });
  });

  it('take for typical what half of the clients have, from three clients on', () => {
    expect(typicalLag([])).toBe(0);
    expect(typicalLag([5000, 6000])).toBe(0);
    expect(typicalLag([5000, 0, 0])).toBe(0);
    expect(typicalLag([5000, 0, 7000, 6000])).toBe(6000);
  });
});
