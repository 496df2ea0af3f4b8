/** How far a long command is, on one line that is written again, or a line a second where there is no terminal. */

export interface Progress {
  /** @param done of `total` units. */
  at(done: number, total: number): void;
  end(): void;
}

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const everyMs = 1000;

export function progressOn(output: Output, what: string, now: () => number = Date.now): Progress {
  let startedAt = Number.NaN;
  let toldAt = 0;
  let hasTold = false;
  return {
    at(done, total) {
      const time = now();
      if (Number.isNaN(startedAt)) {
        startedAt = time;
        toldAt = time;
      }
      if (time - toldAt < everyMs) return;
      toldAt = time;
      hasTold = true;
      const share = total > 0 ? done / total : 0;
      const left = share > 0 ? Math.ceil(((time - startedAt) / share - (time - startedAt)) / 1000) : 0;
      const text = `${what}: ${done} of ${total} (${Math.floor(share * 100)} %), about ${left} s left`;
      output.write(output.isTTY === true ? `\r${text}\x1b[K` : `${text}\n`);
    },
    end() {
      if (hasTold && output.isTTY === true) output.write('\r\x1b[K');
    },
  };
}
