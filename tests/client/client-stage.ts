/** The client library against a socket and a clock that the test moves. */
import { afterEach, beforeEach, vi } from 'vitest';
import { HeatmapWebSocket, type HeatmapWebSocketOptions } from '../../src/client/heatmap-websocket.ts';
import { checksumOf } from '../../src/client/held-picture.ts';
import type { SnapshotMessage } from '../../src/client/messages.ts';
import { ScriptedSocket } from './scripted-socket.ts';

const url = 'ws://localhost:8000/ws/heatmap';
const levels = [{ price: 100, long_density: 5, short_density: 0 }];

export function snapshot(seq: number, changes: Partial<SnapshotMessage> = {}): SnapshotMessage {
  const data = { levels, current_price: 101, positions_created: 1, positions_consumed: 0 };
  const named = { epoch: 'e', seq, checksum: checksumOf(levels) };
  return { type: 'snapshot', symbol: 'BTCUSDT', timestamp: 't', ...named, data, ...changes };
}

export function stage(options: HeatmapWebSocketOptions = {}) {
  const heard = {
    snapshots: [] as SnapshotMessage[],
    statuses: [] as string[],
    errors: [] as (Error & { code?: string })[],
  };
  const client = new HeatmapWebSocket(url, {
    onSnapshot: (message) => heard.snapshots.push(message),
    onStatusChange: (status) => heard.statuses.push(status),
    onError: (error) => heard.errors.push(error),
    ...options,
  });
  return { client, ...heard };
}

/** Call once in a test file. */
export function useScriptedSockets(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    ScriptedSocket.install();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });
}

export const socket = () => ScriptedSocket.last;
/** Loses the connection and waits for the next one. */
export const loseAndWait = async (ms: number) => {
  socket().end();
  await vi.advanceTimersByTimeAsync(ms);
};
