import { describe, expect, it } from 'vitest';
import type { ActorContext } from '../../../src/actors/kernel/actor-context.ts';
import { stopped } from '../../../src/actors/kernel/behavior.ts';
import type { Supervision } from '../../../src/actors/kernel/supervision.ts';
import { KernelFixture, options, recorder, restartAtOnce } from './kernel-fixture.ts';

const boom = new Error('boom');

describe('an actor that throws', () => {
  it('with resume keeps its state and loses only the message that threw', async () => {
    const { system } = new KernelFixture();
    const heard: unknown[] = [];
    const actor = system.spawn(recorder(heard), options('a', { supervision: { onFailure: 'resume' } }));
    for (const message of [1, boom, 2]) actor.tell(message);
    await system.idle();
    expect(heard).toEqual(['setup', 1, 2]);
    expect(system.stats()).toMatchObject({ failures: 1, restarts: 0, deadLetters: 0 });
  });

  it('with restart is released and set up anew, and goes on with the messages that waited', async () => {
    const { system, ...fixture } = new KernelFixture();
    const heard: unknown[] = [];
    const actor = system.spawn(recorder(heard), options('a', { supervision: restartAtOnce }));
    for (const message of [1, boom, 2]) actor.tell(message);
    await system.idle();
    expect(heard).toEqual(['setup', 1, 'release', 'setup', 2]);
    expect(fixture.events).toEqual([{ type: 'failed', path: '/a', error: boom, answer: 'restart' }]);
    expect(system.stats()).toMatchObject({ actors: 1, failures: 1, restarts: 1 });
  });

  it('with stop ends as failed, what waited is dead letters, and no other actor is touched', async () => {
    const { system, ...fixture } = new KernelFixture();
    const heard: unknown[] = [];
    const heardByOther: unknown[] = [];
    const actor = system.spawn(recorder(heard), options('a'));
    const other = system.spawn(recorder(heardByOther), options('b'));
    for (const message of [boom, 1]) actor.tell(message);
    other.tell(2);
    await system.idle();
    expect(heard).toEqual(['setup', 'release']);
    expect(heardByOther).toEqual(['setup', 2]);
    expect(fixture.events).toEqual([
      { type: 'failed', path: '/a', error: boom, answer: 'fail' },
      { type: 'dead_letter', path: '/a', message: 1 },
      { type: 'ended', path: '/a', cause: 'failed' },
    ]);
  });

  it('waits for its restart by the clock, longer each time, keeping what it is told meanwhile', async () => {
    const fixture = new KernelFixture();
    const heard: unknown[] = [];
    const supervision: Supervision = { ...restartAtOnce, backoffMs: { first: 100, max: 150 } } as Supervision;
    const actor = fixture.system.spawn(recorder(heard), options('a', { supervision }));
    actor.tell(boom);
    await fixture.system.idle();
    actor.tell(1);
    await fixture.advance(99);
    expect(heard).toEqual(['setup', 'release']);
    await fixture.advance(1);
    expect(heard).toEqual(['setup', 'release', 'setup', 1]);
    actor.tell(boom);
    await fixture.system.idle();
    await fixture.advance(149);
    expect(heard).toHaveLength(5);
    await fixture.advance(1);
    expect(heard).toHaveLength(6);
  });

  it('more often than its supervision allows ends as failed', async () => {
    const { system, ...fixture } = new KernelFixture();
    const heard: unknown[] = [];
    const actor = system.spawn(recorder(heard), options('a', { supervision: restartAtOnce }));
    for (let i = 0; i < 5; i++) actor.tell(boom);
    await system.idle();
    expect(heard.filter((entry) => entry === 'setup')).toHaveLength(4);
    expect(heard.filter((entry) => entry === 'release')).toHaveLength(4);
    expect(fixture.events.at(-1)).toEqual({ type: 'ended', path: '/a', cause: 'failed' });
    expect(system.stats()).toMatchObject({ actors: 0, failures: 4, restarts: 3, deadLetters: 1 });
  });

  it('in setup is supervised as well, and there is nothing to release', async () => {
    const { system, ...fixture } = new KernelFixture();
    const diary: string[] = [];
    const actor = system.spawn<string>(
      () => {
        diary.push('setup');
        if (diary.length < 3) throw boom;
        return { receive: (message) => void diary.push(message), release: () => void diary.push('release') };
      },
      options('a', { supervision: restartAtOnce }),
    );
    actor.tell('hello');
    expect(diary).toEqual(['setup']);
    await system.idle();
    expect(diary).toEqual(['setup', 'setup', 'setup', 'hello']);
    expect(fixture.events).toHaveLength(2);
  });

  it('in setup with resume or stop has failed when spawn returns, and its name is free', async () => {
    const { system, ...fixture } = new KernelFixture();
    for (const onFailure of ['resume', 'stop'] as const) {
      const actor = system.spawn<string>(
        () => {
          throw boom;
        },
        options('a', { supervision: { onFailure } }),
      );
      expect(actor.tell('hello')).toBe('dead');
    }
    expect(fixture.events.filter(({ type }) => type === 'ended')).toHaveLength(2);
    expect(system.stats().actors).toBe(0);
  });

  it('in release is reported, and ends nevertheless', async () => {
    const { system, ...fixture } = new KernelFixture();
    const actor = system.spawn<string>(
      () => ({
        receive: () => stopped,
        release() {
          throw boom;
        },
      }),
      options('a'),
    );
    actor.tell('end');
    await system.idle();
    expect(fixture.events).toEqual([
      { type: 'release_failed', path: '/a', error: boom },
      { type: 'ended', path: '/a', cause: 'stopped' },
    ]);
  });

  it('at the message at which it was also told to stop ends as failed, whatever its supervision', async () => {
    const { system, ...fixture } = new KernelFixture();
    const actor = system.spawn<string>(
      ({ self }) => ({
        receive() {
          system.stopActor(self);
          throw boom;
        },
      }),
      options('a', { supervision: restartAtOnce }),
    );
    actor.tell('go');
    await system.idle();
    expect(fixture.events.at(-1)).toEqual({ type: 'ended', path: '/a', cause: 'failed' });
  });
});

describe('a restart', () => {
  it('ends the children of the old incarnation before its release', async () => {
    const { system } = new KernelFixture();
    const diary: unknown[] = [];
    const actor = system.spawn<unknown>(
      (context) => {
        diary.push('setup');
        context.spawn(
          () => ({ receive() {}, release: () => void diary.push('release of the child') }),
          options('child'),
        );
        return {
          receive() {
            throw boom;
          },
          release: () => void diary.push('release'),
        };
      },
      options('a', { supervision: restartAtOnce }),
    );
    actor.tell(1);
    await system.idle();
    expect(diary).toEqual(['setup', 'release of the child', 'release', 'setup']);
    expect(system.stats().actors).toBe(2);
  });

  it('puts what was stashed back before what waits', async () => {
    const { system } = new KernelFixture();
    const heard: unknown[] = [];
    let incarnations = 0;
    const actor = system.spawn<unknown>(
      (context) => {
        const isFirst = ++incarnations === 1;
        return {
          receive(message) {
            if (message === 'fail') throw boom;
            if (isFirst) context.stash(message);
            else heard.push(message);
          },
        };
      },
      options('a', { supervision: restartAtOnce, stashCapacity: 5 }),
    );
    for (const message of [1, 2, 'fail', 3]) actor.tell(message);
    await system.idle();
    expect(heard).toEqual([1, 2, 3]);
  });

  it('leaves a context that refuses with IncarnationOver, while a new one lives and after the end', async () => {
    const { system } = new KernelFixture();
    const contexts: ActorContext<unknown>[] = [];
    const actor = system.spawn<unknown>(
      (context) => {
        contexts.push(context);
        return {
          receive() {
            throw boom;
          },
        };
      },
      options('a', { supervision: restartAtOnce }),
    );
    actor.tell(1);
    await system.idle();
    const [old, living] = contexts;
    const over = { name: 'IncarnationOver' };
    expect(() => old!.spawn(recorder([]), options('late'))).toThrow(expect.objectContaining(over));
    expect(() => old!.startTimer('late', 1, null)).toThrow(expect.objectContaining(over));
    expect(() => old!.watch(actor, () => null)).toThrow(expect.objectContaining(over));
    expect(() => old!.stash(null)).toThrow(expect.objectContaining(over));
    living!.spawn(recorder([]), options('in time'));
    await system.stop();
    expect(() => living!.spawn(recorder([]), options('late'))).toThrow(expect.objectContaining(over));
    expect(() => system.spawn(recorder([]), options('late'))).toThrow(expect.objectContaining(over));
  });
});
