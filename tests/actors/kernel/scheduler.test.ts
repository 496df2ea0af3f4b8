import { describe, expect, it } from 'vitest';
import { type Runnable, Scheduler } from '../../../src/actors/kernel/scheduler.ts';

/** Has `work` messages waiting and writes each handled one into `diary`. */
function worker(name: string, work: number, diary: string[]): Runnable {
  let left = work;
  return {
    path: name,
    run(budget) {
      for (let i = 0; i < budget && left > 0; i++, left--) diary.push(name);
      return left > 0;
    },
  };
}

describe('Scheduler', () => {
  it('takes turns round robin, with at most turnMessages a turn', async () => {
    const scheduler = new Scheduler({ turnMessages: 2, roundTurns: 100 });
    const diary: string[] = [];
    scheduler.add(worker('a', 5, diary));
    scheduler.add(worker('b', 1, diary));
    scheduler.add(worker('c', 3, diary));
    await scheduler.idle();
    expect(diary.join('')).toBe('aabccaaca');
  });

  it('runs nothing inside add', () => {
    const scheduler = new Scheduler({ turnMessages: 1, roundTurns: 1 });
    const diary: string[] = [];
    scheduler.add(worker('a', 1, diary));
    expect(diary).toEqual([]);
    expect(scheduler.runnable).toBe(1);
  });

  it('lets the event loop have its turn every roundTurns turns, though work never ends', async () => {
    const scheduler = new Scheduler({ turnMessages: 1, roundTurns: 10 });
    let turns = 0;
    let isOver = false;
    for (let i = 0; i < 3; i++) {
      scheduler.add({
        path: String(i),
        run() {
          turns++;
          return !isOver;
        },
      });
    }
    const turnsSeen: number[] = [];
    for (let look = 0; look < 4; look++) {
      await new Promise((resolve) => setImmediate(resolve));
      turnsSeen.push(turns);
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
    isOver = true;
    await scheduler.idle();
    expect(turnsSeen).toEqual([10, 20, 30, 40]);
  });

  it('is idle again after each piece of work, and at once when there is none', async () => {
    const scheduler = new Scheduler({ turnMessages: 1, roundTurns: 1 });
    await scheduler.idle();
    const diary: string[] = [];
    scheduler.add(worker('a', 3, diary));
    await scheduler.idle();
    scheduler.add(worker('b', 2, diary));
    await scheduler.idle();
    expect(diary.join('')).toBe('aaabb');
    expect(scheduler.runnable).toBe(0);
  });
});
