/**
 * Numbers the turns of the event loop in which somebody asks: what happens without a pause in between has the same number.
 */
export class TurnCounter {
  #turn = 0;
  #isAsked = false;

  get turn(): number {
    if (!this.#isAsked) {
      this.#isAsked = true;
      process.nextTick(this.#end);
    }
    return this.#turn;
  }

  readonly #end = (): void => {
    this.#turn++;
    this.#isAsked = false;
  };
}
