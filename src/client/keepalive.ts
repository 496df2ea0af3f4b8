/** Asks for a sign of life now and then. A connection on which nothing came since the last time is given up. */
const keepaliveMs = 30_000;

export class Keepalive {
  /** @returns false when there is no connection. */
  readonly #ping: () => boolean;
  readonly #lost: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #heardSincePing = true;

  constructor(ping: () => boolean, lost: () => void) {
    this.#ping = ping;
    this.#lost = lost;
  }

  start(): void {
    this.stop();
    this.#heardSincePing = true;
    this.#timer = setInterval(() => {
      if (!this.#heardSincePing) this.#lost();
      this.#heardSincePing = !this.#ping();
    }, keepaliveMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  heard(): void {
    this.#heardSincePing = true;
  }
}
