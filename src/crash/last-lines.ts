/** The last lines that were logged, for the report of a crash; they go on to where they are written. */

export interface LineSink {
  write(line: string): void;
}

export class LastLines implements LineSink {
  readonly #sink: LineSink;
  readonly #most: number;
  readonly #lines: string[] = [];

  constructor(sink: LineSink, most: number) {
    this.#sink = sink;
    this.#most = most;
  }

  /** Oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  write(line: string): void {
    this.#sink.write(line);
    if (this.#lines.push(line.trimEnd()) > this.#most) this.#lines.shift();
  }
}
