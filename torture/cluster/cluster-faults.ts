/** What is done to a cluster, and undone again. */
import { setTimeout } from 'node:timers/promises';
import { type ClusterNode, type ClusterStage, leaseMs, symbols } from './cluster-stage.ts';

export const clusterFaults = [
  'kill_writer',
  'kill_gateway',
  'restart_writer',
  'pause_writer',
  'silence_link',
  'cut_link',
  'kill_redis',
  'pause_redis',
] as const;

export type ClusterFault = (typeof clusterFaults)[number];

/** After these another node goes on with the symbol. */
export const takeovers: readonly ClusterFault[] = [
  'kill_writer',
  'restart_writer',
  'pause_writer',
  'silence_link',
  'cut_link',
];

/** Longer than a lease, so that it passes to another. */
const awayMs = 2.5 * leaseMs;

/** @returns when the fault is over; what comes after it is for others to see. */
export async function strike(stage: ClusterStage, fault: ClusterFault, pick: (count: number) => number): Promise<void> {
  const symbol = symbols[pick(symbols.length)]!;
  const writer = await stage.writer(symbol);
  const others = stage.nodes.filter((node) => node !== writer);
  const other = others[pick(others.length)]!;
  switch (fault) {
    case 'kill_writer':
      return restarted(writer, 'SIGKILL');
    case 'kill_gateway':
      return restarted(other, 'SIGKILL');
    case 'restart_writer':
      return restarted(writer, 'SIGTERM');
    case 'pause_writer':
      writer.server.signal('SIGSTOP');
      await setTimeout(awayMs);
      writer.server.signal('SIGCONT');
      return;
    case 'silence_link':
      writer.link.silence(true);
      await setTimeout(awayMs);
      writer.link.silence(false);
      return;
    case 'cut_link':
      writer.link.cut(true);
      await setTimeout(awayMs);
      writer.link.cut(false);
      return;
    case 'kill_redis':
      await stage.redis.stop();
      await setTimeout(pick(2) * 1000);
      await stage.redis.start();
      return;
    case 'pause_redis':
      stage.redis.signal('SIGSTOP');
      await setTimeout(awayMs);
      stage.redis.signal('SIGCONT');
      return;
    default:
      return fault satisfies never;
  }
}

async function restarted(node: ClusterNode, signal: NodeJS.Signals): Promise<void> {
  await node.server.stop(signal);
  await node.start();
}
