import { describe, expect, it } from 'vitest';
import type { ActorContext } from '../../../src/actors/kernel/actor-context.ts';
import type { SpawnOptions } from '../../../src/actors/kernel/spawn-options.ts';
import { KernelFixture, options, restartAtOnce } from './kernel-fixture.ts';

function timed(changes: Partial<SpawnOptions> = {}) {
  const fixture = new KernelFixture();
  const heard: unknown[] = [];
  const contexts: ActorContext<unknown>[] = [];
  const actor = fixture.system.spawn<unknown>(
    (context) => {
      contexts.push(context);
      return {
        receive(message) {
          if (message instanceof Error) throw message;
          if (typeof message === 'function') message(context);
          else heard.push(message);
        },
      };
    },
    options('a', { supervision: restartAtOnce, ...changes }),
  );
  return { fixture, heard, actor, context: () => contexts.at(-1)! };
}

describe('a timer', () => {
  it('tells its message when its time has come, once', async () => {
    const { fixture, heard, context } = timed();
    context().startTimer('t', 100, 'due');
    await fixture.advance(99);
    expect(heard).toEqual([]);
    await fixture.advance(1);
    await fixture.advance(1000);
    expect(heard).toEqual(['due']);
  });

  it('replaces the one of the same key, and leaves others alone', async () => {
    const { fixture, heard, context } = timed();
    context().startTimer('t', 100, 'first');
    context().startTimer('u', 100, 'other');
    context().startTimer('t', 200, 'second');
    await fixture.advance(300);
    expect(heard).toEqual(['other', 'second']);
  });

  it('that is cancelled tells nothing, even if it was due and its message waited', async () => {
    const { fixture, heard, actor, context } = timed();
    context().startTimer('t', 100, 'due');
    context().startTimer('u', 100, 'replaced');
    actor.tell((running: ActorContext<unknown>) => {
      running.cancelTimer('t');
      running.startTimer('u', 50, 'new');
    });
    fixture.clock.advance(100);
    await fixture.system.idle();
    expect(heard).toEqual([]);
    await fixture.advance(50);
    expect(heard).toEqual(['new']);
  });

  it('may be started again by its own message', async () => {
    const { fixture, heard, context } = timed();
    const again = (running: ActorContext<unknown>) => {
      heard.push(running.now());
      running.startTimer('t', 10, again);
    };
    context().startTimer('t', 10, again);
    for (let i = 0; i < 3; i++) await fixture.advance(10);
    expect(heard).toEqual([10, 20, 30]);
    expect(fixture.clock.pendingTimers).toBe(1);
  });

  it('keeps its place among messages and does not count towards the bound', async () => {
    const { fixture, heard, actor, context } = timed({ mailbox: { capacity: 1, overflow: 'reject_newest' } });
    actor.tell('before');
    context().startTimer('t', 0, 'due');
    fixture.clock.advance(0);
    expect(actor.tell('too many')).toBe('overflow');
    await fixture.system.idle();
    expect(heard).toEqual(['before', 'due']);
  });

  it('of an incarnation that is over never fires into the next, whether it was due or not', async () => {
    const { fixture, heard, actor, context } = timed();
    context().startTimer('due', 10, 'due');
    context().startTimer('later', 20, 'later');
    actor.tell(new Error('boom'));
    fixture.clock.advance(10);
    await fixture.system.idle();
    expect(fixture.clock.pendingTimers).toBe(0);
    await fixture.advance(100);
    expect(heard).toEqual([]);
  });

  it('does not remain after the end, and its message is no dead letter', async () => {
    const { fixture, context } = timed();
    context().startTimer('due', 10, 'due');
    context().startTimer('later', 20, 'later');
    fixture.clock.advance(10);
    await fixture.system.stop();
    expect(fixture.clock.pendingTimers).toBe(0);
    expect(fixture.system.stats()).toMatchObject({ actors: 0, deadLetters: 0 });
  });

  it('that the clock could not count to is refused by name', () => {
    const { context } = timed();
    for (const afterMs of [-1, Number.NaN, 2 ** 31, Number.POSITIVE_INFINITY]) {
      expect(() => context().startTimer('t', afterMs, 'due')).toThrow('timer t after');
    }
  });
});
