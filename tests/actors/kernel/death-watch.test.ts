import { describe, expect, it } from 'vitest';
import type { ActorContext } from '../../../src/actors/kernel/actor-context.ts';
import type { ActorRef, Ending } from '../../../src/actors/kernel/actor-ref.ts';
import { stopped } from '../../../src/actors/kernel/behavior.ts';
import type { Mortal } from '../../../src/actors/kernel/mortal.ts';
import type { SpawnOptions } from '../../../src/actors/kernel/spawn-options.ts';
import { KernelFixture, options, recorder, restartAtOnce } from './kernel-fixture.ts';

const boom = new Error('boom');

/** A watcher that keeps all it is told, and a mortal that ends at `end` and fails at an error. */
function watching(changes: Partial<SpawnOptions> = {}) {
  const fixture = new KernelFixture();
  const heard: unknown[] = [];
  let context!: ActorContext<unknown>;
  const watcher = fixture.system.spawn<unknown>(
    (itsContext) => {
      context = itsContext;
      return {
        receive(message) {
          if (message instanceof Error) throw message;
          heard.push(message);
        },
      };
    },
    options('watcher', { supervision: restartAtOnce, ...changes }),
  );
  const mortal: ActorRef<unknown> = fixture.system.spawn<unknown>(
    () => ({
      receive(message) {
        if (message instanceof Error) throw message;
        watcher.tell('last words');
        return stopped;
      },
    }),
    options('mortal'),
  );
  return { ...fixture, heard, watcher, mortal, context: () => context };
}

const told = (ending: Ending) => ending;

describe('death watch', () => {
  it('tells how the actor ended, after what it told itself', async () => {
    const { system, heard, mortal, context } = watching();
    context().watch(mortal, told);
    mortal.tell('end');
    await system.idle();
    expect(heard).toEqual(['last words', { path: '/mortal', cause: 'stopped' }]);
  });

  it('tells what it failed of', async () => {
    const { system, heard, mortal, context } = watching();
    context().watch(mortal, told);
    mortal.tell(boom);
    await system.idle();
    expect(heard).toEqual([{ path: '/mortal', cause: 'failed', error: boom }]);
  });

  it('tells of one that has ended already', async () => {
    const { system, heard, mortal, context } = watching();
    mortal.tell(boom);
    await system.idle();
    context().watch(mortal, told);
    await system.idle();
    expect(heard).toEqual([{ path: '/mortal', cause: 'failed', error: boom }]);
  });

  it('loses no ending to a full mailbox, whatever its overflow', async () => {
    for (const overflow of ['reject_newest', 'drop_oldest'] as const) {
      const { system, heard, watcher, mortal, context } = watching({ mailbox: { capacity: 1, overflow } });
      context().watch(mortal, told);
      watcher.tell(1);
      system.stopActor(mortal);
      await system.idle();
      watcher.tell(2);
      watcher.tell(3);
      await system.idle();
      expect(heard).toContainEqual({ path: '/mortal', cause: 'stopped' });
      expect(heard).toHaveLength(3);
    }
  });

  it('keeps the place of an ending when messages before it are pushed out', async () => {
    const { system, heard, watcher, mortal, context } = watching({ mailbox: { capacity: 2, overflow: 'drop_oldest' } });
    system.stopActor(mortal);
    await system.idle();
    watcher.tell('before');
    context().watch(mortal, ({ path }) => path);
    for (const message of ['after 1', 'after 2']) watcher.tell(message);
    await system.idle();
    expect(heard).toEqual(['/mortal', 'after 1', 'after 2']);
  });

  it('tells once, in the words of the last watch', async () => {
    const { system, heard, mortal, context } = watching();
    context().watch(mortal, () => 'first');
    context().watch(mortal, () => 'second');
    system.stopActor(mortal);
    await system.idle();
    expect(heard).toEqual(['second']);
  });

  it('tells once of one that had ended before it was watched twice', async () => {
    const { system, heard, mortal, context } = watching();
    system.stopActor(mortal);
    await system.idle();
    context().watch(mortal, () => 'first');
    context().watch(mortal, () => 'second');
    await system.idle();
    expect(heard).toEqual(['second']);
  });

  it('leaves nothing behind at the watched actor after unwatch, a restart or the end of the watcher', async () => {
    const { system, watcher, mortal, context } = watching();
    const watchers = () => (mortal as unknown as Mortal).watchers;
    context().watch(mortal, told);
    context().watch(mortal, told);
    expect(watchers()).toBe(1);
    context().unwatch(mortal);
    expect(watchers()).toBe(0);
    context().watch(mortal, told);
    watcher.tell(boom);
    await system.idle();
    expect(watchers()).toBe(0);
    context().watch(mortal, told);
    system.stopActor(watcher);
    await system.idle();
    expect(watchers()).toBe(0);
  });

  it('tells nothing after unwatch, even when the actor has ended meanwhile', async () => {
    const { system, heard, mortal, context } = watching();
    context().watch(mortal, told);
    context().unwatch(mortal);
    system.stopActor(mortal);
    await system.idle();
    context().watch(mortal, told);
    context().unwatch(mortal);
    await system.idle();
    expect(heard).toEqual([]);
  });

  it('ends with the incarnation that watched', async () => {
    const { system, heard, watcher, mortal, context } = watching();
    context().watch(mortal, told);
    watcher.tell(boom);
    await system.idle();
    system.stopActor(mortal);
    await system.idle();
    expect(heard).toEqual([]);
  });

  it('that throws in its own words is a failure of the watcher', async () => {
    const { system, mortal, context, ...fixture } = watching();
    context().watch(mortal, () => {
      throw boom;
    });
    system.stopActor(mortal);
    await system.idle();
    expect(fixture.events.filter(({ type }) => type === 'failed')).toEqual([
      { type: 'failed', path: '/watcher', error: boom, answer: 'restart' },
    ]);
  });

  it('is not told of a restart, only of the end after the last one', async () => {
    const { system, heard, context } = watching();
    const fragile = system.spawn(recorder([]), options('fragile', { supervision: restartAtOnce }));
    context().watch(fragile, ({ cause }) => cause);
    for (let i = 0; i < 3; i++) fragile.tell(boom);
    await system.idle();
    expect(heard).toEqual([]);
    fragile.tell(boom);
    await system.idle();
    expect(heard).toEqual(['failed']);
  });

  it('of something that is no actor is refused by name', () => {
    const { context } = watching();
    const stranger: ActorRef<unknown> = { path: 'stranger', tell: () => 'accepted' };
    expect(() => context().watch(stranger, told)).toThrow('stranger was not spawned by an actor system');
  });
});
