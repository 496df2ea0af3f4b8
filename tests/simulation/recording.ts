/** All bytes that left the server, by socket and with their virtual times; two of them can be told apart, and where. */
import { createHash } from 'node:crypto';

interface Entry {
  /** ms since the simulation began. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

export interface Track {
  /** A frame, or what else befell the socket in words. */
  add(at: number, what: Uint8Array | string): void;
}

export class Recording {
  readonly #tracks = new Map<string, Entry[]>();

  track(name: string): Track {
    if (this.#tracks.has(name)) throw new RangeError(`there is already a track ${name}`);
    const entries: Entry[] = [];
    this.#tracks.set(name, entries);
    // A copy, so that what is compared is what was written and not what became of the memory later.
    return { add: (at, what) => void entries.push({ at, bytes: Buffer.from(what as Uint8Array) }) };
  }

  get names(): string[] {
    return [...this.#tracks.keys()];
  }

  get frames(): number {
    return [...this.#tracks.values()].reduce((sum, entries) => sum + entries.length, 0);
  }

  /** A track as lines of text, for people. */
  lines(name: string): string[] {
    const entries = this.#tracks.get(name) ?? [];
    return entries.map(({ at, bytes }) => `${at} ${Buffer.from(bytes).toString('latin1')}`);
  }

  get digest(): string {
    const hash = createHash('sha256');
    for (const [name, entries] of this.#tracks) {
      hash.update(`${name} ${entries.length}\n`);
      for (const { at, bytes } of entries) hash.update(`${at} ${bytes.length}\n`).update(bytes);
    }
    return hash.digest('hex');
  }

  /**
   * @param counts whether a track is compared.
   * @returns the earliest entry that is not the same in both, in words, or null.
   */
  difference(other: Recording, counts: (name: string) => boolean = () => true): string | null {
    let earliest = Number.POSITIVE_INFINITY;
    let words: string | null = null;
    for (const name of new Set([...this.names, ...other.names])) {
      if (!counts(name)) continue;
      const here = this.#tracks.get(name) ?? [];
      const there = other.#tracks.get(name) ?? [];
      for (let i = 0; i < Math.max(here.length, there.length); i++) {
        if (isSame(here[i], there[i])) continue;
        const at = Math.min(here[i]?.at ?? earliest, there[i]?.at ?? earliest);
        if (at < earliest || words === null) {
          earliest = at;
          words = `socket ${name}, frame ${i}: ${shown(here[i], there[i])} against ${shown(there[i], here[i])}`;
        }
        break;
      }
    }
    return words;
  }
}

function isSame(a: Entry | undefined, b: Entry | undefined): boolean {
  return a !== undefined && b !== undefined && a.at === b.at && Buffer.compare(a.bytes, b.bytes) === 0;
}

const shownBytes = 80;

/** A frame's time and size, and what is around the first byte that the other does not have. */
function shown(entry: Entry | undefined, other: Entry | undefined): string {
  if (entry === undefined) return 'nothing';
  const { at, bytes } = entry;
  let from = 0;
  while (other !== undefined && from < bytes.length && bytes[from] === other.bytes[from]) from++;
  const start = Math.max(Math.min(from, bytes.length) - shownBytes / 2, 0);
  const text = Buffer.from(bytes.subarray(start, start + shownBytes)).toString('latin1');
  return `${bytes.length} bytes at ${at} ms, from byte ${start} ${JSON.stringify(text)}`;
}
