/** One promise under torture. */
export interface Torture {
  readonly defaultRuns: number;
  /** @returns what was seen, in a few lines. @throws what broke the promise, naming the seed that does it again. */
  run(options: TortureOptions): Promise<string>;
}

export interface TortureOptions {
  readonly runs: number;
  /** Of the first run; each has the one after. */
  readonly seed: number;
  /** @param of all, where these are not `runs`. */
  progress(done: number, of?: number): void;
}
