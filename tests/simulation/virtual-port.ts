/** Where clients reach one server: what its HTTP server does about upgrades, and the sockets that are open. */
import type { ConnectionGate } from '../../src/actors/supervisor.ts';
import { WriteBatch } from '../../src/server/write-batch.ts';
import type { ClientHabits } from './client-habits.ts';
import type { Track } from './recording.ts';
import type { ServerClock } from './server-clock.ts';
import type { VirtualPeer } from './virtual-peer.ts';
import { VirtualSocket } from './virtual-socket.ts';

export interface VirtualPortOptions {
  readonly clock: ServerClock;
  readonly closeTimeoutMs: number;
  readonly startedAt: number;
  readonly gate: ConnectionGate;
}

export class VirtualPort {
  readonly #options: VirtualPortOptions;
  readonly #batch = new WriteBatch();
  readonly #sockets = new Set<VirtualSocket>();

  constructor(options: VirtualPortOptions) {
    this.#options = options;
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  /** @returns the open socket, or null when the gate refuses it; the track tells why. */
  open(peer: VirtualPeer, habits: ClientHabits, track: Track): VirtualSocket | null {
    const { clock, closeTimeoutMs, startedAt, gate } = this.#options;
    const admission = gate.admit(habits.address);
    if (!admission.admitted) {
      track.add(clock.now() - startedAt, JSON.stringify(admission));
      return null;
    }
    const socket: VirtualSocket = new VirtualSocket({
      clock,
      closeTimeoutMs,
      startedAt,
      track,
      batch: this.#batch,
      remoteAddress: habits.address,
      takesDeflated: habits.takesDeflated,
      kernelBytes: habits.kernelBytes,
      wire: peer,
      ended: () => this.#sockets.delete(socket),
    });
    this.#sockets.add(socket);
    peer.socket = socket;
    socket.listener = gate.open(socket);
    return socket;
  }

  /** Lets go of every socket that is still open. */
  stop(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  /** The server is gone, and says no more. */
  die(): void {
    for (const socket of this.#sockets) socket.die();
  }
}
