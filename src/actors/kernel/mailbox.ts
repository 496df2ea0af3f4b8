/** A bounded queue of messages in a ring that grows with need up to its capacity: an idle actor costs an empty array. */

export interface MailboxOptions {
  readonly capacity: number;
  /**
   * What a full mailbox does with one more message. `reject_newest`: `tell` answers `overflow`. `drop_oldest`: the oldest goes to the
   * dead letters. `fail`: the message is not taken and the actor fails, for those whose work makes no sense with a hole in it.
   */
  readonly overflow: 'reject_newest' | 'drop_oldest' | 'fail';
}

const firstRoom = 4;

export class Mailbox<M> {
  #ring: (M | undefined)[] = [];
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
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
    this.#head = (this.#head - 1 + this.#ring.length) & (this.#ring.length - 1);
    this.#ring[this.#head] = message;
    this.#size++;
  }

  shift(): M | undefined {
    if (this.#size === 0) return undefined;
    const message = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#size--;
    return message;
  }

  /** The length stays a power of two, so that wrapping around is a mask. */
  #grow(): void {
    const ring = new Array<M | undefined>(Math.max(this.#ring.length * 2, firstRoom));
    for (let i = 0; i < this.#size; i++) ring[i] = this.#ring[(this.#head + i) & (this.#ring.length - 1)];
    this.#ring = ring;
    this.#head = 0;
  }
}
