import { describe, expect, it } from 'vitest';
import type { ActorContext } from '../../../src/actors/kernel/actor-context.ts';
import type { ActorRef } from '../../../src/actors/kernel/actor-ref.ts';
import type { Behavior, Setup } from '../../../src/actors/kernel/behavior.ts';
import { KernelFixture, options } from './kernel-fixture.ts';

/** Stashes all until it hears `open`, then hears all. */
function patient(fixture: KernelFixture, stashCapacity?: number): { actor: ActorRef<unknown>; heard: unknown[] } {
  const heard: unknown[] = [];
  const open: Behavior<unknown> = { receive: (message) => void heard.push(message) };
  const setup = (context: { stash(message: unknown): void; unstashAll(): void }): Behavior<unknown> => ({
    receive(message) {
      if (message === 'open') {
        context.unstashAll();
        return open;
      }
      context.stash(message);
      return undefined;
    },
  });
  const spawnOptions = options('a', stashCapacity === undefined ? {} : { stashCapacity });
  return { actor: fixture.system.spawn(setup, spawnOptions), heard };
}

describe('the stash', () => {
  it('gives its messages back in their order, before those that wait', async () => {
    const fixture = new KernelFixture();
    const { actor, heard } = patient(fixture, 10);
    for (const message of [1, 2, 3, 'open', 4]) actor.tell(message);
    await fixture.system.idle();
    expect(heard).toEqual([1, 2, 3, 4]);
  });

  it('gives them back though the mailbox is full', async () => {
    const fixture = new KernelFixture();
    const { actor, heard } = patient(fixture, 10);
    for (const message of [1, 2]) actor.tell(message);
    await fixture.system.idle();
    actor.tell('open');
    for (let message = 3; message < 1002; message++) expect(actor.tell(message)).toBe('accepted');
    await fixture.system.idle();
    expect(heard).toEqual(Array.from({ length: 1001 }, (_, i) => i + 1));
  });

  it('given back outside of a turn is handled without waiting for another message', async () => {
    const { system } = new KernelFixture();
    const heard: unknown[] = [];
    let context!: ActorContext<unknown>;
    let isOpen = false;
    const setup: Setup<unknown> = (itsContext) => {
      context = itsContext;
      return {
        receive(message) {
          if (isOpen) heard.push(message);
          else context.stash(message);
        },
      };
    };
    system.spawn(setup, options('a', { stashCapacity: 1 })).tell(1);
    await system.idle();
    isOpen = true;
    context.unstashAll();
    await system.idle();
    expect(heard).toEqual([1]);
  });

  it('throws beyond its capacity, and supervision decides', async () => {
    const fixture = new KernelFixture();
    const { actor } = patient(fixture, 2);
    for (const message of [1, 2, 3, 4]) actor.tell(message);
    await fixture.system.idle();
    expect(fixture.eventsOf('failed')).toMatchObject([
      { path: '/a', answer: 'fail', error: { name: 'StashOverflow', message: expect.stringContaining('full at 2') } },
    ]);
    expect(fixture.eventsOf('dead_letter').map(({ message }) => message)).toEqual([1, 2, 4]);
  });

  it('has no room unless it was asked for', async () => {
    const fixture = new KernelFixture();
    const { actor } = patient(fixture);
    actor.tell(1);
    await fixture.system.idle();
    expect(fixture.eventsOf('failed')).toHaveLength(1);
  });
});
