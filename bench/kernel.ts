/**
 * What the actor kernel costs: a message between two actors, a message to each of many, and an actor that has nothing to do.
 * Medians of several rounds; memory needs `--expose-gc` to be meaningful and is left out without it.
 */
import type { ActorRef } from '../src/actors/kernel/actor-ref.ts';
import { ActorSystem } from '../src/actors/kernel/actor-system.ts';
import type { SpawnOptions } from '../src/actors/kernel/spawn-options.ts';
import { systemClock } from '../src/actors/kernel/system-clock.ts';
import type { BenchTable } from './bench-table.ts';

const rounds = 5;
const fanOutActors = 10_000;
const scheduler = { turnMessages: 64, roundTurns: 256 };

export async function run(options: { quick: boolean }): Promise<BenchTable[]> {
  // Memory first: later the process has room to spare and an actor seems to cost nothing.
  const memory = globalThis.gc === undefined ? [] : [await memoryTable(globalThis.gc)];
  const messages = options.quick ? 500_000 : 3_000_000;
  const pingPong = await medianOf(() => pingPongNs(messages, 1));
  const pipelined = await medianOf(() => pingPongNs(messages, 64));
  const fanOut = await medianOf(() => fanOutNs(messages));
  const rows: (string | number)[][] = [
    ['ping-pong, 1 ball', Math.round(pingPong), perSecond(pingPong)],
    ['ping-pong, 64 balls', Math.round(pipelined), perSecond(pipelined)],
    [`fan-out to ${fanOutActors} actors`, Math.round(fanOut), perSecond(fanOut)],
  ];
  const figures: Record<string, number> = {
    kernel_ping_pong_ns: pingPong,
    kernel_ping_pong_64_ns: pipelined,
    kernel_fan_out_ns: fanOut,
  };
  return [{ title: 'Actor kernel: messages', columns: ['case', 'ns/message', 'messages/s'], rows, figures }, ...memory];
}

async function pingPongNs(messages: number, balls: number): Promise<number> {
  const system = newSystem();
  let left = messages;
  const player = (partner: () => ActorRef<number>) => () => ({
    receive(ball: number): void {
      if (left-- > 0) partner().tell(ball);
    },
  });
  const ping: ActorRef<number> = system.spawn(
    player(() => pong),
    optionsOf('ping', balls),
  );
  const pong: ActorRef<number> = system.spawn(
    player(() => ping),
    optionsOf('pong', balls),
  );
  const startedAt = performance.now();
  for (let ball = 0; ball < balls; ball++) ping.tell(ball);
  await system.idle();
  const elapsedMs = performance.now() - startedAt;
  await system.stop();
  return (elapsedMs * 1e6) / messages;
}

async function fanOutNs(messages: number): Promise<number> {
  const system = newSystem();
  let handled = 0;
  const actors = spawnMany(system, () => {
    handled++;
  });
  const waves = Math.ceil(messages / fanOutActors);
  const startedAt = performance.now();
  for (let wave = 0; wave < waves; wave++) {
    for (const actor of actors) actor.tell(wave);
    await system.idle();
  }
  const elapsedMs = performance.now() - startedAt;
  await system.stop();
  return (elapsedMs * 1e6) / handled;
}

/** Idle actors as they are in practice: each has handled a message. */
async function memoryTable(gc: () => void): Promise<BenchTable> {
  const system = newSystem();
  gc();
  const before = process.memoryUsage();
  const actors = spawnMany(system, () => {});
  for (const actor of actors) actor.tell(0);
  await system.idle();
  gc();
  const after = process.memoryUsage();
  const heapBytes = (after.heapUsed - before.heapUsed) / fanOutActors;
  const rssBytes = (after.rss - before.rss) / fanOutActors;
  await system.stop();
  return {
    title: `Actor kernel: memory of ${fanOutActors} idle actors`,
    columns: ['measure', 'bytes/actor'],
    rows: [
      ['heap', Math.round(heapBytes)],
      ['resident', Math.round(rssBytes)],
    ],
    figures: { kernel_idle_heap_bytes: heapBytes, kernel_idle_rss_bytes: rssBytes },
  };
}

function newSystem(): ActorSystem {
  return new ActorSystem({ clock: systemClock, scheduler, observe: () => {} });
}

function spawnMany(system: ActorSystem, receive: (message: number) => void): ActorRef<number>[] {
  return Array.from({ length: fanOutActors }, (_, i) => system.spawn(() => ({ receive }), optionsOf(`actor-${i}`, 16)));
}

function optionsOf(name: string, capacity: number): SpawnOptions {
  return { name, mailbox: { capacity, overflow: 'reject_newest' }, supervision: { onFailure: 'stop' } };
}

async function medianOf(measure: () => Promise<number>): Promise<number> {
  const figures: number[] = [];
  for (let round = 0; round < rounds; round++) figures.push(await measure());
  return figures.sort((a, b) => a - b)[rounds >> 1]!;
}

function perSecond(ns: number): number {
  return Math.round(1e9 / ns);
}
