/** A client that must not matter to others: it asks for everything and reads nothing, or it leaves as soon as it is there. */
import type { Clock } from '../../src/actors/kernel/clock.ts';
import type { ClientHabits } from './client-habits.ts';
import type { Dice } from './dice.ts';
import { symbols } from './simulated-config.ts';
import { VirtualPeer } from './virtual-peer.ts';

/** Plain, because somebody who takes compressed frames makes them there for all who come after. */
const habits: ClientHabits = {
  address: '198.51.100.1',
  takesDeflated: false,
  linkMs: [1, 1],
  reads: 'promptly',
  talksEveryMs: [0, 0],
  deltaShare: 1,
  kernelBytes: 0,
  rowdiness: 0,
};

/**
 * Seconds. No other client has this cadence: one who joins a cadence while its picture is being made gets that one only if somebody was
 * there before.
 */
const interval = 4;

export class BesideClient {
  readonly habits = habits;
  readonly peer: VirtualPeer;
  readonly #how: 'stuck' | 'gone';

  constructor(clock: Clock, dice: Dice, how: 'stuck' | 'gone') {
    this.#how = how;
    const owner = { readingMs: () => 0, message() {}, ended() {} };
    this.peer = new VirtualPeer({ clock, dice, linkMs: habits.linkMs, owner });
  }

  get unreadBytes(): number {
    return this.#how === 'gone' ? 0 : this.peer.unreadBytes;
  }

  connected(): void {
    if (this.#how === 'gone') {
      this.peer.leave(1000);
      return;
    }
    this.peer.standStill(true);
    this.peer.say('text', JSON.stringify({ action: 'subscribe', symbols, mode: 'delta', update_interval: interval }));
  }
}
