import { describe, expect, it } from 'vitest';
import type { ActorRef, TellOutcome } from '../../../src/actors/kernel/actor-ref.ts';
import { ActorSystem } from '../../../src/actors/kernel/actor-system.ts';
import { type Behavior, stopped } from '../../../src/actors/kernel/behavior.ts';
import type { MailboxOptions } from '../../../src/actors/kernel/mailbox.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { KernelFixture, options, recorder, restartAtOnce } from './kernel-fixture.ts';

describe('messages', () => {
  it('of one sender arrive in order, across many turns', async () => {
    const { system } = new KernelFixture();
    const heard: unknown[] = [];
    const actor = system.spawn(recorder(heard), options('a'));
    const sent = Array.from({ length: 500 }, (_, i) => i);
    for (const message of sent) expect(actor.tell(message)).toBe('accepted');
    await system.idle();
    expect(heard).toEqual(['setup', ...sent]);
  });

  it('are never handled inside a tell, not even one to oneself', async () => {
    const { system } = new KernelFixture();
    const diary: string[] = [];
    const other = system.spawn(() => ({ receive: () => void diary.push('other') }), options('other'));
    const actor = system.spawn<string>(
      ({ self }) => ({
        receive(message) {
          diary.push(`begin ${message}`);
          if (message === 'first') {
            self.tell('second');
            other.tell(null);
          }
          diary.push(`end ${message}`);
        },
      }),
      options('a'),
    );
    actor.tell('first');
    expect(diary).toEqual([]);
    await system.idle();
    expect(diary).toEqual(['begin first', 'end first', 'begin second', 'end second', 'other']);
  });

  it('told during setup are handled after it', async () => {
    const { system } = new KernelFixture();
    const diary: string[] = [];
    system.spawn<string>(({ self }) => {
      self.tell('hello');
      diary.push('setup done');
      return { receive: (message) => void diary.push(message) };
    }, options('a'));
    await system.idle();
    expect(diary).toEqual(['setup done', 'hello']);
  });

  it('are handled by the behaviour that the one before answered', async () => {
    const { system } = new KernelFixture();
    const diary: string[] = [];
    const open: Behavior<string> = { receive: (message) => void diary.push(`open: ${message}`) };
    const closed: Behavior<string> = {
      receive(message) {
        diary.push(`closed: ${message}`);
        return message === 'open' ? open : undefined;
      },
    };
    const actor = system.spawn(() => closed, options('door'));
    for (const message of ['knock', 'open', 'knock']) actor.tell(message);
    await system.idle();
    expect(diary).toEqual(['closed: knock', 'closed: open', 'open: knock']);
  });

  it('are handled at most turnMessages at a time while another actor waits', async () => {
    const { system } = new KernelFixture({ turnMessages: 3, roundTurns: 100 });
    let diary = '';
    const [a, b] = ['a', 'b'].map((name) =>
      system.spawn(
        () => ({
          receive() {
            diary += name;
          },
        }),
        options(name),
      ),
    );
    for (let i = 0; i < 7; i++) a!.tell(i);
    for (let i = 0; i < 4; i++) b!.tell(i);
    await system.idle();
    expect(diary).toBe('aaabbbaaaba');
  });

  it('flooding between two actors starves neither a third actor nor the event loop', async () => {
    const { system } = new KernelFixture();
    let isFlooding = true;
    const partner = (other: () => ActorRef<number>) => () => ({
      receive(ball: number): void {
        if (isFlooding) other().tell(ball);
      },
    });
    const ping: ActorRef<number> = system.spawn(
      partner(() => pong),
      options('ping'),
    );
    const pong: ActorRef<number> = system.spawn(
      partner(() => ping),
      options('pong'),
    );
    for (let ball = 0; ball < 100; ball++) ping.tell(ball);
    const heard: unknown[] = [];
    const third = system.spawn(recorder(heard), options('third'));
    third.tell('hello');
    await new Promise((resolve) => setTimeout(resolve, 0));
    await new Promise((resolve) => setImmediate(resolve));
    isFlooding = false;
    expect(heard).toEqual(['setup', 'hello']);
    await system.idle();
  });
});

describe('a full mailbox', () => {
  function fill(overflow: MailboxOptions['overflow'], supervision = restartAtOnce) {
    const fixture = new KernelFixture();
    const heard: unknown[] = [];
    const spawnOptions = options('a', { mailbox: { capacity: 3, overflow }, supervision });
    const actor = fixture.system.spawn(recorder(heard), spawnOptions);
    const outcomes: TellOutcome[] = [1, 2, 3, 4, 5].map((message) => actor.tell(message));
    return { ...fixture, fixture, heard, outcomes, actor };
  }

  it('with reject_newest takes no more, says so and counts it', async () => {
    const { system, fixture, heard, outcomes } = fill('reject_newest');
    expect(outcomes).toEqual(['accepted', 'accepted', 'accepted', 'overflow', 'overflow']);
    await system.idle();
    expect(heard).toEqual(['setup', 1, 2, 3]);
    expect(system.stats()).toMatchObject({ overflows: 2, deadLetters: 0, failures: 0, deepestMailbox: 3 });
    expect(fixture.eventsOf('overflow')[0]).toEqual({ type: 'overflow', path: '/a', capacity: 3 });
  });

  it('with drop_oldest takes the newest and sends the oldest to the dead letters', async () => {
    const { system, fixture, heard, outcomes } = fill('drop_oldest');
    expect(outcomes).toEqual(Array(5).fill('accepted'));
    await system.idle();
    expect(heard).toEqual(['setup', 3, 4, 5]);
    expect(system.stats()).toMatchObject({ overflows: 2, deadLetters: 2, deepestMailbox: 3 });
    expect(fixture.eventsOf('dead_letter').map(({ message }) => message)).toEqual([1, 2]);
  });

  it('with fail is a failure of the actor, once, before its waiting messages', async () => {
    const { system, fixture, heard, outcomes } = fill('fail');
    expect(outcomes).toEqual(['accepted', 'accepted', 'accepted', 'overflow', 'overflow']);
    await system.idle();
    expect(heard).toEqual(['setup', 'release', 'setup', 1, 2, 3]);
    expect(fixture.eventsOf('failed')).toMatchObject([{ error: { name: 'MailboxOverflow' }, answer: 'restart' }]);
  });

  it('with fail does not fail again while its restart is awaited', async () => {
    const paused = { ...restartAtOnce, backoffMs: { first: 50, max: 50 } } as typeof restartAtOnce;
    const { system, fixture, heard, actor } = fill('fail', paused);
    await system.idle();
    expect(actor.tell(6)).toBe('overflow');
    await system.idle();
    await fixture.advance(50);
    expect(heard).toEqual(['setup', 'release', 'setup', 1, 2, 3]);
    expect(system.stats()).toMatchObject({ failures: 1, restarts: 1, overflows: 3 });
  });

  it('has room again for what was handled', async () => {
    const { system, heard, actor } = fill('reject_newest');
    await system.idle();
    expect(actor.tell(6)).toBe('accepted');
    await system.idle();
    expect(heard).toEqual(['setup', 1, 2, 3, 6]);
  });

  it('must have room for one message at least, and a name that can stand in a path', () => {
    const { system } = new KernelFixture();
    const setup = recorder([]);
    for (const capacity of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const mailbox = { capacity, overflow: 'drop_oldest' as const };
      expect(() => system.spawn(setup, options('a', { mailbox }))).toThrow(RangeError);
    }
    for (const name of ['', 'a/b']) expect(() => system.spawn(setup, options(name))).toThrow(RangeError);
    expect(system.stats().actors).toBe(0);
  });
});

describe('dead letters', () => {
  it('are what waited when the actor ended and what it is told later, undefined included', async () => {
    const { system, ...fixture } = new KernelFixture();
    const actor = system.spawn<unknown>(() => ({ receive: () => stopped }), options('a'));
    for (const message of ['last', undefined, 'waiting']) actor.tell(message);
    await system.idle();
    expect(actor.tell('late')).toBe('dead');
    expect(fixture.events.filter(({ type }) => type === 'dead_letter')).toEqual([
      { type: 'dead_letter', path: '/a', message: undefined },
      { type: 'dead_letter', path: '/a', message: 'waiting' },
      { type: 'dead_letter', path: '/a', message: 'late' },
    ]);
    expect(system.stats()).toMatchObject({ deadLetters: 3, actors: 0 });
  });
});

describe('an observer that throws', () => {
  it('changes nothing for the actors', async () => {
    const observe = () => {
      throw new Error('observer');
    };
    const scheduler = { turnMessages: 4, roundTurns: 8 };
    const system = new ActorSystem({ clock: new ManualClock(), scheduler, observe });
    const heard: unknown[] = [];
    const mailbox = { capacity: 2, overflow: 'drop_oldest' as const };
    const actor = system.spawn(recorder(heard), options('a', { mailbox, supervision: restartAtOnce }));
    for (const message of [1, new Error('boom'), 2]) actor.tell(message);
    await system.idle();
    expect(heard).toEqual(['setup', 'release', 'setup', 2]);
    await system.stop();
    expect(actor.tell(3)).toBe('dead');
    expect(system.stats()).toMatchObject({ actors: 0, failures: 1, restarts: 1, overflows: 1, deadLetters: 2 });
  });
});
