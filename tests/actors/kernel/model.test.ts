/** Random programs of tells, throws and stops: against a plain model of one actor, and as sums over a network of actors. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActorRef, TellOutcome } from '../../../src/actors/kernel/actor-ref.ts';
import { type Setup, stopped } from '../../../src/actors/kernel/behavior.ts';
import type { MailboxOptions } from '../../../src/actors/kernel/mailbox.ts';
import type { Supervision } from '../../../src/actors/kernel/supervision.ts';
import { KernelFixture, options } from './kernel-fixture.ts';

const runs = { numRuns: 1000 };
const maxRestarts = 2;

type OnFailure = Supervision['onFailure'];
type Payload = number | 'throw' | 'stop';
type Command = { do: 'tell'; payload: Payload } | { do: 'stop' } | { do: 'idle' };
interface Plan {
  readonly mailbox: MailboxOptions;
  readonly onFailure: OnFailure;
  readonly turnMessages: number;
  readonly commands: readonly Command[];
}

const mailboxes = fc.record({
  capacity: fc.integer({ min: 1, max: 6 }),
  overflow: fc.constantFrom<MailboxOptions['overflow']>('reject_newest', 'drop_oldest', 'fail'),
});
const failures = fc.constantFrom<OnFailure>('resume', 'restart', 'stop');
const payloads = fc.oneof(
  { weight: 8, arbitrary: fc.nat() },
  { weight: 2, arbitrary: fc.constant('throw' as const) },
  { weight: 1, arbitrary: fc.constant('stop' as const) },
);
const plans: fc.Arbitrary<Plan> = fc.record({
  mailbox: mailboxes,
  onFailure: failures,
  turnMessages: fc.integer({ min: 1, max: 5 }),
  commands: fc.array(
    fc.oneof(
      { weight: 12, arbitrary: fc.record({ do: fc.constant('tell' as const), payload: payloads }) },
      { weight: 3, arbitrary: fc.constant({ do: 'idle' } as const) },
      { weight: 1, arbitrary: fc.constant({ do: 'stop' } as const) },
    ),
    { maxLength: 60 },
  ),
});

function supervisionOf(onFailure: OnFailure): Supervision {
  if (onFailure !== 'restart') return { onFailure };
  return { onFailure, maxRestarts, withinMs: 1000, backoffMs: { first: 0, max: 0 } };
}

interface Observed {
  readonly heard: (number | 'setup' | 'release')[];
  readonly outcomes: TellOutcome[];
  failures: number;
  restarts: number;
  overflows: number;
  deadLetters: number;
  actors: number;
}

/** What one actor should do, in the plainest words. */
class Model {
  readonly seen: Observed = {
    heard: ['setup'],
    outcomes: [],
    failures: 0,
    restarts: 0,
    overflows: 0,
    deadLetters: 0,
    actors: 1,
  };
  readonly #plan: Plan;
  #waiting: Payload[] = [];
  #order: 'none' | 'fail' | 'stop' = 'none';

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  follow(command: Command): void {
    if (command.do === 'tell') this.seen.outcomes.push(this.#tell(command.payload));
    else if (command.do === 'stop') this.#order = 'stop';
    else this.#idle();
  }

  #tell(payload: Payload): TellOutcome {
    const { capacity, overflow } = this.#plan.mailbox;
    if (this.seen.actors === 0 || this.#order === 'stop') {
      this.seen.deadLetters++;
      return 'dead';
    }
    if (this.#waiting.length === capacity) {
      this.seen.overflows++;
      if (overflow === 'fail') this.#order = 'fail';
      if (overflow !== 'drop_oldest') return 'overflow';
      this.#waiting.shift();
      this.seen.deadLetters++;
    }
    this.#waiting.push(payload);
    return 'accepted';
  }

  #idle(): void {
    if (this.seen.actors === 0) return;
    if (this.#order === 'stop') this.#end();
    if (this.#order === 'fail') this.#fail();
    while (this.#waiting.length > 0) {
      const payload = this.#waiting.shift()!;
      if (payload === 'throw') this.#fail();
      else if (payload === 'stop') this.#end();
      else this.seen.heard.push(payload);
    }
  }

  #fail(): void {
    this.#order = 'none';
    this.seen.failures++;
    const { onFailure } = this.#plan;
    if (onFailure === 'resume') return;
    if (onFailure === 'stop' || this.seen.restarts === maxRestarts) {
      this.#end();
      return;
    }
    this.seen.restarts++;
    this.seen.heard.push('release', 'setup');
  }

  #end(): void {
    this.#order = 'none';
    this.seen.heard.push('release');
    this.seen.actors = 0;
    this.seen.deadLetters += this.#waiting.length;
    this.#waiting = [];
  }
}

async function observe({ mailbox, onFailure, turnMessages, commands }: Plan): Promise<Observed> {
  const { system } = new KernelFixture({ turnMessages, roundTurns: 3 });
  const heard: Observed['heard'] = [];
  const outcomes: TellOutcome[] = [];
  const setup: Setup<Payload> = () => {
    heard.push('setup');
    return {
      receive(payload) {
        if (payload === 'throw') throw new Error('asked to');
        if (payload === 'stop') return stopped;
        heard.push(payload);
        return undefined;
      },
      release: () => void heard.push('release'),
    };
  };
  const actor = system.spawn(setup, options('a', { mailbox, supervision: supervisionOf(onFailure) }));
  for (const command of commands) {
    if (command.do === 'tell') outcomes.push(actor.tell(command.payload));
    else if (command.do === 'stop') system.stopActor(actor);
    else await system.idle();
  }
  await system.idle();
  const { failures, restarts, overflows, deadLetters, actors } = system.stats();
  return { heard, outcomes, failures, restarts, overflows, deadLetters, actors };
}

describe('an actor under any program', () => {
  it('hears, answers and counts what a plain model does', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const model = new Model(plan);
        for (const command of plan.commands) model.follow(command);
        model.follow({ do: 'idle' });
        expect(await observe(plan)).toEqual(model.seen);
      }),
      runs,
    );
  });
});

/** `sender` and `number` tell the order in which it was sent; `hops` more are told to whom `route` says. */
interface Hop {
  readonly sender: number;
  readonly number: number;
  readonly hops: number;
  readonly does: 'pass' | 'throw' | 'stop';
}

const networks = fc.record({
  actors: fc.array(fc.record({ mailbox: mailboxes, onFailure: failures }), { minLength: 1, maxLength: 5 }),
  turnMessages: fc.integer({ min: 1, max: 5 }),
  routes: fc.array(fc.nat(), { minLength: 1, maxLength: 30 }),
  deeds: fc.array(fc.constantFrom<Hop['does']>('pass', 'pass', 'pass', 'pass', 'throw', 'stop'), { minLength: 1 }),
  starts: fc.array(fc.record({ to: fc.nat(), hops: fc.nat({ max: 12 }) }), { maxLength: 30 }),
});

describe('a network of actors', () => {
  it('keeps the order of every sender, runs one message at a time, and loses none without a name', async () => {
    await fc.assert(
      fc.asyncProperty(networks, async ({ actors, turnMessages, routes, deeds, starts }) => {
        const fixture = new KernelFixture({ turnMessages, roundTurns: 3 });
        const { system } = fixture;
        const outcomes = { accepted: 0, overflow: 0, dead: 0 };
        const handled: Hop[][] = actors.map(() => []);
        let told = 0;
        let running = 0;
        let mostRunning = 0;
        const refs: ActorRef<Hop>[] = [];
        const tell = (sender: number, to: number, hops: number) => {
          const number = told++;
          const hop: Hop = { sender, number, hops, does: deeds[number % deeds.length]! };
          outcomes[refs[to % refs.length]!.tell(hop)]++;
        };
        const setupOf = (me: number): Setup<Hop> => {
          return () => ({
            receive(hop) {
              running++;
              mostRunning = Math.max(mostRunning, running);
              handled[me]!.push(hop);
              if (hop.hops > 0) tell(me, routes[hop.number % routes.length]!, hop.hops - 1);
              if (hop.hops > 6) tell(me, routes[told % routes.length]!, 1);
              running--;
              if (hop.does === 'throw') throw new Error('asked to');
              return hop.does === 'stop' ? stopped : undefined;
            },
          });
        };
        for (const [me, { mailbox, onFailure }] of actors.entries()) {
          refs.push(system.spawn(setupOf(me), options(`a${me}`, { mailbox, supervision: supervisionOf(onFailure) })));
        }
        for (const { to, hops } of starts) tell(-1, to, hops);
        await system.idle();

        const { deadLetters, overflows, failures, deepestMailbox } = system.stats();
        const handledCount = handled.reduce((sum, hops) => sum + hops.length, 0);
        expect(mostRunning).toBeLessThanOrEqual(1);
        expect(handledCount + deadLetters + outcomes.overflow).toBe(told);
        // What overflowed was refused, or pushed another one out.
        expect(overflows - outcomes.overflow).toBeLessThanOrEqual(deadLetters - outcomes.dead);
        expect(fixture.eventsOf('dead_letter')).toHaveLength(deadLetters);
        expect(fixture.eventsOf('failed')).toHaveLength(failures);
        expect(deepestMailbox).toBeLessThanOrEqual(Math.max(...actors.map(({ mailbox }) => mailbox.capacity)));
        for (const hops of handled) {
          for (let sender = -1; sender < actors.length; sender++) {
            const numbers = hops.filter((hop) => hop.sender === sender).map(({ number }) => number);
            expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
          }
        }
      }),
      runs,
    );
  });
});
