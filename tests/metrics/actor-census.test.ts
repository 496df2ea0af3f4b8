import { describe, expect, it } from 'vitest';
import { ActorCounts, addedCensus } from '../../src/metrics/actor-census.ts';
import { KernelFixture, options, recorder } from '../actors/kernel/kernel-fixture.ts';

describe('the census of actors', () => {
  it('counts them by kind with what waits for them, and who failed and was started again', async () => {
    const { system } = new KernelFixture();
    const counts = new ActorCounts();
    const heard: unknown[] = [];
    system.spawn(recorder(heard), options('BTCUSDT'));
    const eth = system.spawn(recorder(heard), options('ETHUSDT'));
    system.spawn(recorder(heard), options('watch-ETHUSDT'));
    system.spawn((context) => {
      const first = context.spawn(recorder(heard), options('connection-1'));
      context.spawn(recorder(heard), options('connection-2'));
      for (let i = 0; i < 3; i++) first.tell(i);
      return { receive() {} };
    }, options('supervisor'));
    eth.tell('one');
    counts.observe({ type: 'failed', path: '/ETHUSDT', error: new Error(), answer: 'restart' });
    counts.observe({ type: 'failed', path: '/supervisor/connection-7', error: new Error(), answer: 'fail' });
    const census = counts.census(system);
    const quiet = { waiting: 0, deepest: 0, failures: 0, restarts: 0 };
    expect(census).toEqual({
      symbol: { actors: 2, waiting: 1, deepest: 1, failures: 1, restarts: 1 },
      symbol_watch: { ...quiet, actors: 1 },
      supervisor: { ...quiet, actors: 1 },
      connection: { actors: 2, waiting: 3, deepest: 3, failures: 1, restarts: 0 },
    });
    await system.idle();
    expect(counts.census(system).connection).toMatchObject({ waiting: 0, deepest: 0 });
    await system.stop();
    expect(counts.census(system)).toMatchObject({ symbol: { actors: 0, restarts: 1 }, connection: { actors: 0 } });
  });

  it('of several threads is their sum, and the fullest mailbox that of any', () => {
    const one = { actors: 2, waiting: 3, deepest: 2, failures: 1, restarts: 1 };
    const other = { actors: 5, waiting: 9, deepest: 7, failures: 0, restarts: 0 };
    expect(addedCensus({ symbol: one, connection: one }, { connection: other })).toEqual({
      symbol: one,
      connection: { actors: 7, waiting: 12, deepest: 7, failures: 1, restarts: 1 },
    });
  });
});
