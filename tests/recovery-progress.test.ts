import { describe, expect, it } from 'vitest';
import { type Recovery, RecoveryProgress } from '../src/recovery-progress.ts';

describe('the progress of a recovery', () => {
  it('is told once a second at most, with the time the rest will take at the pace so far', () => {
    let now = 5000;
    const told: [string, Recovery][] = [];
    const progress = new RecoveryProgress(
      () => now,
      (symbol, recovery) => told.push([symbol, recovery]),
    );
    progress.progressed('BTCUSDT', 0, 1000);
    for (const [at, done] of [
      [5999, 100],
      [6000, 100],
      [6500, 150],
      [7000, 250],
    ] as const) {
      now = at;
      progress.progressed('BTCUSDT', done, 1000);
    }
    expect(told).toEqual([
      ['BTCUSDT', { done: 100, total: 1000, etaSeconds: 9 }],
      ['BTCUSDT', { done: 250, total: 1000, etaSeconds: 6 }],
    ]);
  });

  it('is not told of what takes less than a second', () => {
    const progress = new RecoveryProgress(
      () => 1,
      () => expect.unreachable(),
    );
    for (let done = 0; done < 100; done++) progress.progressed('BTCUSDT', done, 100);
  });
});
