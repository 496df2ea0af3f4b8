import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerFailure, type Supervision } from '../../../src/actors/kernel/supervision.ts';

const restart: Supervision = {
  onFailure: 'restart',
  maxRestarts: 4,
  withinMs: 1000,
  backoffMs: { first: 10, max: 50 },
};

describe('answerFailure', () => {
  it('resumes only where there is a state to resume with', () => {
    expect(answerFailure({ onFailure: 'resume' }, [], 0, true)).toEqual({ action: 'resume' });
    expect(answerFailure({ onFailure: 'resume' }, [], 0, false)).toEqual({ action: 'fail' });
  });

  it('fails at once where told to stop', () => {
    expect(answerFailure({ onFailure: 'stop' }, [], 0, true)).toEqual({ action: 'fail' });
  });

  it('doubles the pause up to its maximum, and fails after the last restart of the window', () => {
    const restarts: number[] = [];
    const answers = [1, 2, 3, 4, 5].map((now) => answerFailure(restart, restarts, now, true));
    expect(answers).toEqual([
      { action: 'restart', afterMs: 10 },
      { action: 'restart', afterMs: 20 },
      { action: 'restart', afterMs: 40 },
      { action: 'restart', afterMs: 50 },
      { action: 'fail' },
    ]);
  });

  it('forgets restarts that have left the window, and begins with the first pause again', () => {
    const restarts = [0, 1, 2, 3];
    expect(answerFailure(restart, restarts, 1003, true)).toEqual({ action: 'restart', afterMs: 10 });
    expect(restarts).toEqual([1003]);
  });

  it('never restarts more than maxRestarts times within any window', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 60 }), (gaps) => {
        const restarts: number[] = [];
        const restartedAt: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          if (answerFailure(restart, restarts, now, true).action === 'restart') restartedAt.push(now);
          expect(restartedAt.filter((time) => time > now - 1000).length).toBeLessThanOrEqual(4);
          expect(restarts.length).toBeLessThanOrEqual(4);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
