/**
 * Files of events, as `npm run log -- import` reads them: rows that are events, or an error. The readers of CSV and Parquet are
 * libraries, so any error that they throw is a refusal; what ends the process, never ends, or comes from elsewhere is not.
 *
 * Of a Parquet file only the description at its end is changed: the reader of pages (`hyparquet` 1.33.0) runs for ever on some that are
 * damaged. Such a file is an operator's own, and an import reads all of it before it writes anything.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvFile, parquetFile } from '../../src/log-tool/event-files.ts';
import { BadRow, eventOf, rowOf } from '../../src/log-tool/event-table.ts';
import type { Dice } from '../../tests/simulation/dice.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { mutatedBytes } from './mutate.ts';
import { sampleEvents } from './sample-events.ts';

export class EventFileTarget implements FuzzTarget {
  readonly #file: typeof csvFile;
  readonly #good: readonly Uint8Array[];
  readonly #directory: string;

  private constructor(file: typeof csvFile, good: readonly Uint8Array[], directory: string) {
    this.#file = file;
    this.#good = good;
    this.#directory = directory;
  }

  static async of(kind: 'csv' | 'parquet'): Promise<EventFileTarget> {
    const directory = mkdtempSync(join(tmpdir(), `heatline-fuzz-${kind}-`));
    const file = kind === 'csv' ? csvFile : parquetFile;
    const good: Uint8Array[] = [];
    for (const events of sampleEvents(3)) {
      const path = join(directory, 'good');
      await file.write(
        path,
        events.map((event, i) => rowOf({ stream: 's:BTCUSDT', epoch: 'e', seq: i + 1, event })),
      );
      good.push(readFileSync(path));
    }
    return new EventFileTarget(file, good, directory);
  }

  async try(dice: Dice): Promise<string> {
    const path = join(this.#directory, 'events');
    const good = dice.pick(this.#good);
    writeFileSync(path, this.#file === csvFile ? mutatedBytes(good, this.#good, dice) : withChangedFooter(good, dice));
    try {
      for await (const row of this.#file.read(path)) eventOf(row);
      return 'read';
    } catch (error) {
      if (error instanceof BadRow) return 'a row refused';
      return 'the file refused';
    }
  }

  close(): void {
    rmSync(this.#directory, { recursive: true });
  }
}

/** Behind the pages: the description, its length in four bytes, and four that say what the file is. */
function withChangedFooter(good: Uint8Array, dice: Dice): Uint8Array {
  const tail = 8;
  const length = new DataView(good.buffer, good.byteOffset).getUint32(good.length - tail, true);
  const pages = good.subarray(0, good.length - tail - length);
  const footer = good.subarray(pages.length, good.length - tail);
  const changed = mutatedBytes(footer, [footer], dice);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(dice.chance(0.9) ? changed.length : dice.whole(0, 2 ** 32 - 1));
  return Buffer.concat([pages, changed, size, good.subarray(good.length - 4)]);
}
