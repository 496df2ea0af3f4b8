import { describe, expect, it } from 'vitest';
import type { ActorContext } from '../../../src/actors/kernel/actor-context.ts';
import type { ActorRef } from '../../../src/actors/kernel/actor-ref.ts';
import { type Setup, stopped } from '../../../src/actors/kernel/behavior.ts';
import { KernelFixture, options, recorder } from './kernel-fixture.ts';

/** Spawns the children named, each of which spawns the next level. */
function tree(levels: readonly string[][], contexts: ActorContext<unknown>[] = []): Setup<unknown> {
  const [names = [], ...rest] = levels;
  return (context) => {
    contexts.push(context);
    for (const name of names) context.spawn(tree(rest, contexts), options(name));
    return { receive: (message) => (message === 'end' ? stopped : undefined) };
  };
}

describe('stopping', () => {
  it('ends children before parents, the youngest first', async () => {
    const { system, ...fixture } = new KernelFixture();
    const root = system.spawn(tree([['b', 'c'], ['d']]), options('a'));
    root.tell('end');
    await system.idle();
    const ended = fixture.events.map(({ path }) => path);
    expect(ended).toEqual(['/a/c/d', '/a/c', '/a/b/d', '/a/b', '/a']);
    expect(system.stats().actors).toBe(0);
  });

  it('of the system ends all actors in the same way, resolves when they have ended, and may be asked for twice', async () => {
    const { system, ...fixture } = new KernelFixture();
    system.spawn(tree([['x']]), options('a'));
    system.spawn(tree([['y']]), options('b'));
    await Promise.all([system.stop(), system.stop()]);
    expect(fixture.events.map(({ path }) => path)).toEqual(['/b/y', '/b', '/a/x', '/a']);
    await system.stop();
    expect(system.stats()).toMatchObject({ actors: 0, runnable: 0 });
  });

  it('of the system from within an actor still ends children before parents', async () => {
    const { system, ...fixture } = new KernelFixture();
    let child: ActorRef<unknown> | undefined;
    system.spawn((context) => {
      child = context.spawn(() => ({ receive: () => void system.stop() }), options('child'));
      return { receive() {} };
    }, options('parent'));
    child!.tell('stop');
    await system.idle();
    expect(fixture.events.map(({ path }) => path)).toEqual(['/parent/child', '/parent']);
  });

  it('goes before messages that wait, and the actor is dead to the world at once', async () => {
    const { system } = new KernelFixture();
    const heard: unknown[] = [];
    const actor = system.spawn(recorder(heard), options('a'));
    actor.tell(1);
    system.stopActor(actor);
    expect(actor.tell(2)).toBe('dead');
    await system.idle();
    expect(heard).toEqual(['setup', 'release']);
    expect(system.stats().deadLetters).toBe(2);
  });

  it('asked for while the actor is at a message lets it finish this one and no other', async () => {
    const { system } = new KernelFixture();
    const diary: string[] = [];
    const actor = system.spawn<string>(
      ({ self }) => ({
        receive(message) {
          system.stopActor(self);
          diary.push(message);
        },
        release: () => void diary.push('release'),
      }),
      options('a'),
    );
    actor.tell('first');
    actor.tell('second');
    await system.idle();
    expect(diary).toEqual(['first', 'release']);
  });

  it('asked for at the message at which the actor stops itself ends it once', async () => {
    const { system, ...fixture } = new KernelFixture();
    const actor = system.spawn<string>(
      ({ self }) => ({
        receive() {
          system.stopActor(self);
          return stopped;
        },
      }),
      options('a'),
    );
    actor.tell('end');
    await system.idle();
    expect(fixture.events).toEqual([{ type: 'ended', path: '/a', cause: 'stopped' }]);
    expect(system.stats().actors).toBe(0);
  });

  it('of a child leaves its parent and siblings alone, and frees the name', async () => {
    const { system, ...fixture } = new KernelFixture();
    const contexts: ActorContext<unknown>[] = [];
    system.spawn(tree([['b', 'c']], contexts), options('a'));
    const [parent, b] = contexts;
    expect(() => parent!.spawn(tree([]), options('b'))).toThrow('there is already an actor /a/b');
    parent!.stop(b!.self);
    parent!.stop(b!.self);
    await system.idle();
    parent!.stop(b!.self);
    expect(fixture.events).toEqual([{ type: 'ended', path: '/a/b', cause: 'stopped' }]);
    parent!.spawn(tree([]), options('b'));
    expect(system.stats().actors).toBe(3);
  });

  it('of an actor that is not a child is refused', () => {
    const { system } = new KernelFixture();
    const contexts: ActorContext<unknown>[] = [];
    const a = system.spawn(tree([], contexts), options('a'));
    system.spawn(tree([], contexts), options('b'));
    expect(() => contexts[1]!.stop(a)).toThrow('/a is not a child of /b');
  });

  it('while a restart is awaited ends the actor, and no timer remains', async () => {
    const fixture = new KernelFixture();
    const heard: unknown[] = [];
    const backoffMs = { first: 100, max: 100 };
    const supervision = { onFailure: 'restart', maxRestarts: 1, withinMs: 1000, backoffMs } as const;
    const actor = fixture.system.spawn(recorder(heard), options('a', { supervision }));
    actor.tell(new Error('boom'));
    await fixture.system.idle();
    expect(fixture.clock.pendingTimers).toBe(1);
    await fixture.system.stop();
    expect(fixture.clock.pendingTimers).toBe(0);
    expect(heard).toEqual(['setup', 'release']);
    expect(fixture.eventsOf('ended')).toEqual([{ type: 'ended', path: '/a', cause: 'stopped' }]);
  });

  it('is not undone by a restart that falls due before it is carried out', async () => {
    const fixture = new KernelFixture();
    const heard: unknown[] = [];
    const backoffMs = { first: 100, max: 100 };
    const supervision = { onFailure: 'restart', maxRestarts: 1, withinMs: 1000, backoffMs } as const;
    const actor = fixture.system.spawn(recorder(heard), options('a', { supervision }));
    actor.tell(new Error('boom'));
    await fixture.system.idle();
    fixture.system.stopActor(actor);
    await fixture.advance(100);
    expect(heard).toEqual(['setup', 'release']);
    expect(fixture.system.stats().actors).toBe(0);
  });
});
