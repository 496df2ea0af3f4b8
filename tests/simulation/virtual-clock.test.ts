import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ServerClock } from './server-clock.ts';
import { VirtualClock } from './virtual-clock.ts';

const plans = fc.array(fc.record({ afterMs: fc.nat({ max: 20 }), isCleared: fc.boolean() }), { maxLength: 60 });

describe('the virtual clock', () => {
  it('fires what was not cleared by its time, of the same time in the order in which it was set', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const clock = new VirtualClock(100);
        const fired: [number, number][] = [];
        const handles = plan.map(({ afterMs }, i) => clock.setTimer(() => fired.push([clock.now(), i]), afterMs));
        for (const [i, { isCleared }] of plan.entries()) if (isCleared) clock.clearTimer(handles[i]);
        while (clock.fireNext());
        const expected = plan
          .map(({ afterMs, isCleared }, i) => ({ at: 100 + afterMs, i, isCleared }))
          .filter(({ isCleared }) => !isCleared)
          .sort((a, b) => a.at - b.at || a.i - b.i);
        expect(fired).toEqual(expected.map(({ at, i }) => [at, i]));
      }),
    );
  });
});

describe("a server's clock", () => {
  const atStall = () => {
    const clock = new VirtualClock(0);
    const server = new ServerClock(clock);
    const diary: string[] = [];
    const note = (what: string) => () => diary.push(`${what} at ${clock.now()}`);
    return { clock, server, diary, note };
  };

  it('lets what comes due or arrives while the server stands still wait, in its order', () => {
    const { clock, server, diary, note } = atStall();
    server.setTimer(note('late'), 30);
    server.setTimer(note('later'), 40);
    server.setTimer(note('on time'), 120);
    clock.setTimer(() => server.arrive(note('message')), 35);
    server.stall(100);
    while (clock.fireNext());
    expect(diary).toEqual(['late at 100', 'message at 100', 'later at 100', 'on time at 120']);
    expect(server.pendingTimers).toBe(0);
  });

  it('fires nothing any more once the server is gone, and tells who comes too late', () => {
    const { clock, server, diary, note } = atStall();
    server.setTimer(note('timer'), 10);
    server.stall(5);
    server.arrive(note('message'), note('nobody there'));
    server.cut();
    while (clock.fireNext());
    expect(diary).toEqual(['nobody there at 5']);
    expect(server.pendingTimers).toBe(0);
  });
});
