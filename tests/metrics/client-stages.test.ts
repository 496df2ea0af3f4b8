import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ClientStages, lagAges, lagging } from '../../src/metrics/client-stages.ts';
import type { TallyCounts } from '../../src/metrics/tally.ts';
import { WriteBatch } from '../../src/server/write-batch.ts';

const total = ({ counts }: TallyCounts) => counts.reduce((sum, count) => sum + count, 0);

describe('the last stages of a picture', () => {
  it('are one first and one last write for each turn, however many sockets write and symbols are due', async () => {
    let now = 1000;
    const stages = new ClientStages(() => now);
    const batch = new WriteBatch(stages);
    const writtenAt: number[] = [];
    stages.whenWritten((at) => writtenAt.push(at));
    const socket = {
      flush() {
        now += 10;
      },
    };
    for (let symbol = 0; symbol < 2; symbol++) {
      stages.settled();
      for (let client = 0; client < 50; client++) batch.add(socket);
    }
    await setImmediate();
    const { first_write: first, last_write: last } = stages.stages();
    expect([total(first), first.sum]).toEqual([1, 0.01]);
    expect([total(last), last.sum]).toEqual([1, 1]);
    expect(writtenAt).toEqual([1010]);
  });

  it('say nothing of a picture that no client was due for, nor of what is written otherwise', async () => {
    const stages = new ClientStages(() => 0);
    const batch = new WriteBatch(stages);
    stages.settled();
    await setImmediate();
    batch.add({ flush() {} });
    await setImmediate();
    expect([total(stages.stages().first_write), total(stages.stages().last_write)]).toEqual([0, 0]);
  });
});

describe('clients by lag', () => {
  it('are counted at every age that they have reached', () => {
    const counts = lagging([0, 99, 100, 600, 31_000]);
    const least = (seconds: number) => counts[(lagAges as readonly number[]).indexOf(seconds)];
    expect([0.1, 0.25, 0.5, 1, 30].map(least)).toEqual([3, 2, 2, 1, 1]);
  });
});
