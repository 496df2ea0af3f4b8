/**
 * What comes from Redis, handed on a little later and together: pictures of one tick are told of one after another, and those that are
 * shown in one turn leave each socket in one write.
 */
export interface FrameTaker {
  receive(bytes: Buffer): void;
}

/** Pictures of one tick come within this time of each other. */
const gatherMs = 5;
/** More are handed on at once. */
const mostGathered = 256;

export class FrameInbox {
  #gathered: { readonly taker: FrameTaker; readonly bytes: Buffer }[] = [];
  #timer: NodeJS.Timeout | undefined;

  take(taker: FrameTaker, bytes: Buffer): void {
    const count = this.#gathered.push({ taker, bytes });
    if (count >= mostGathered) this.#handOn();
    else if (count === 1) this.#timer = setTimeout(() => this.#handOn(), gatherMs);
  }

  #handOn(): void {
    clearTimeout(this.#timer);
    const gathered = this.#gathered;
    this.#gathered = [];
    for (const { taker, bytes } of gathered) taker.receive(bytes);
  }
}
