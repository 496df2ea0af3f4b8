/**
 * A ledger's entries as a chain: each is stored with the SHA-256 of its own text, and says the one of the entry before. So a byte that
 * was changed, an entry that was left out, put in or moved is found by reading the chain once.
 *
 * What no chain can show by itself: that its last entries were cut off, or that all of it was made anew. For that, somebody else has to
 * remember a hash, which is why the newest is shown and streamed.
 */
import { createHash } from 'node:crypto';
import { type LedgerEntry, ledgerEntrySchema, type NewEntry } from '../protocol/ledger-entry.ts';
import { EventLogError } from './event-log.ts';

export interface PlacedEntry {
  readonly entry: LedgerEntry;
  readonly hash: string;
  /** As it is stored: the hash, a space, and the JSON that it is of. */
  readonly record: string;
}

const hashCharacters = 64;

export class LedgerChain {
  readonly #name: string;
  #head: string;
  #count = 0;

  /** @param name of the ledger: one cannot be put in the place of another. */
  constructor(name: string) {
    this.#name = name;
    this.#head = sha256(name);
  }

  /** Hash of the last entry. */
  get head(): string {
    return this.#head;
  }

  /** Entries so far. */
  get count(): number {
    return this.#count;
  }

  /** The entry in its place behind the last one; it is not taken yet. */
  seal(entry: NewEntry): PlacedEntry {
    const placed = ledgerEntrySchema.parse({ ...entry, number: this.#count, previous: this.#head });
    const text = JSON.stringify(placed);
    const hash = sha256(text);
    return { entry: placed, hash, record: `${hash} ${text}` };
  }

  /** @throws {EventLogError} `corrupt` when this is not the record that follows. */
  take(record: string): PlacedEntry {
    const [hash, text] = [record.slice(0, hashCharacters), record.slice(hashCharacters + 1)];
    if (record[hashCharacters] !== ' ' || sha256(text) !== hash) throw this.#broken('does not have the hash it says');
    const parsed = ledgerEntrySchema.safeParse(jsonOf(text));
    if (!parsed.success) throw this.#broken('is no entry of this version');
    const entry = parsed.data;
    if (entry.number !== this.#count) throw this.#broken(`has number ${entry.number}`);
    if (entry.previous !== this.#head) throw this.#broken('does not follow the entry before it');
    this.#head = hash;
    this.#count++;
    return { entry, hash, record };
  }

  #broken(what: string): EventLogError {
    return new EventLogError('corrupt', `ledger ${this.#name} is broken: entry ${this.#count} ${what}`);
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** undefined: it is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
