/**
 * The score ledger of one market stream: a small stream of its own beside it, an entry a batch, read whole when it is opened. It has no
 * checkpoints, so retention never cuts it.
 */
import type { NewEntry } from '../protocol/ledger-entry.ts';
import { type EventLog, EventLogError } from './event-log.ts';
import { LedgerChain, type PlacedEntry } from './ledger-chain.ts';
import { rowsOfText, textOfRows } from './text-rows.ts';

const prefix = 'score:';

export function ledgerOf(stream: string): string {
  return `${prefix}${stream}`;
}

export function isLedger(stream: string): boolean {
  return stream.startsWith(prefix);
}

/** The market stream that a ledger is about. */
export function marketOf(ledger: string): string {
  return ledger.slice(prefix.length);
}

export class ScoreLedger {
  readonly #log: EventLog;
  readonly #name: string;
  readonly #chain: LedgerChain;
  #version = 0;

  private constructor(log: EventLog, name: string) {
    this.#log = log;
    this.#name = name;
    this.#chain = new LedgerChain(name);
  }

  /**
   * @param read is given each entry that is there, in order.
   * @throws {EventLogError} `corrupt` when the chain is broken.
   */
  static async open(
    log: EventLog,
    stream: string,
    epochIfNew: string,
    read: (placed: PlacedEntry) => void,
  ): Promise<ScoreLedger> {
    const name = ledgerOf(stream);
    const ledger = new ScoreLedger(log, name);
    const { version } = await log.openStream(name, epochIfNew);
    if (version > 0) {
      for await (const { batch } of log.read(name, 0)) {
        const record = textOfRows(batch);
        if (record === null) throw new EventLogError('corrupt', `ledger ${name} is broken: it holds other rows`);
        read(ledger.#chain.take(record));
        ledger.#version += batch.count;
      }
    }
    if (ledger.#version !== version) {
      throw new EventLogError('corrupt', `ledger ${name} is broken: it has ${ledger.#version} of ${version} rows`);
    }
    return ledger;
  }

  /** Resolves when the entry is committed. @throws {EventLogError} also when someone else has written: `fenced`. */
  async append(entry: NewEntry): Promise<PlacedEntry> {
    const placed = this.#chain.seal(entry);
    const rows = rowsOfText(placed.record, Date.parse(entry.start), placed.entry.number);
    const result = await this.#log.append(this.#name, this.#version, rows);
    if (result.outcome === 'conflict') {
      throw new EventLogError('fenced', `ledger ${this.#name} has another version in the log: someone else wrote`);
    }
    this.#version = result.version;
    return this.#chain.take(placed.record);
  }
}
