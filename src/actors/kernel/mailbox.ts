/**
 * A queue of messages in a ring that grows with need: an idle actor has no ring at all.
 *
 * Every message has a position: `head` is that of the next one out, `tail` that of the next one in. Positions never move, so that
 * something else (a notice) can say between which messages it belongs.
 */

export interface MailboxOptions {
  /** Messages that may wait; at least 1. */
  readonly capacity: number;
  /**
   * What a full mailbox does with one more message. `reject_newest`: `tell` answers `overflow`. `drop_oldest`: the oldest goes to the
   * dead letters. `fail`: the message is not taken and the actor fails, for those whose work makes no sense with a hole in it.
   */
  readonly overflow: 'reject_newest' | 'drop_oldest' | 'fail';
}

const firstRoom = 4;
const noRoom: never[] = [];

export class Mailbox<M> {
  /** The length is a power of two, so that a position becomes a place by a mask. */
  #ring: (M | undefined)[] = noRoom;
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get head(): number {
    return this.#head;
  }

  get tail(): number {
    return this.#head + this.#size;
  }

  /** The caller keeps the bound: see `MailboxOptions`. */
  push(message: M): void {
    if (this.#size === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#size) & (this.#ring.length - 1)] = message;
    this.#size++;
  }

  /** To the front: what is taken out next. */
  unshift(message: M): void {
    if (this.#size === this.#ring.length) this.#grow();
    this.#head--;
    this.#ring[this.#head & (this.#ring.length - 1)] = message;
    this.#size++;
  }

  /** There must be one. */
  shift(): M {
    const place = this.#head & (this.#ring.length - 1);
    const message = this.#ring[place] as M;
    this.#ring[place] = undefined;
    this.#head++;
    this.#size--;
    return message;
  }

  #grow(): void {
    const ring = new Array<M | undefined>(Math.max(this.#ring.length * 2, firstRoom));
    for (let at = this.#head; at < this.tail; at++) {
      ring[at & (ring.length - 1)] = this.#ring[at & (this.#ring.length - 1)];
    }
    this.#ring = ring;
  }
}
