/**
 * One seeded history of a symbol, the server's own deltas of it, a link that does everything wrong, and a client.
 *
 * After every message the client's picture is compared with the server's picture of that epoch and seq; when the link has calmed down
 * and one more picture was sent, it must be the server's newest.
 */
import { isDeepStrictEqual } from 'node:util';
import { ShownPictures } from '../src/actors/shown-pictures.ts';
import { SymbolFrame } from '../src/actors/symbol-frame.ts';
import { Random } from '../src/feed/random.ts';
import { levelPrice } from '../src/market/price-grid.ts';
import { levelChecksum } from '../src/protocol/level-checksum.ts';
import type { DeltaMessage, SnapshotMessage } from '../src/protocol/server-message.ts';
import { snapshotFrame } from '../src/protocol/snapshot-frame.ts';
import { payloadOf } from '../src/protocol/websocket-frame.ts';
import { RecentFrames } from '../src/streams/recent-frames.ts';
import { DeltaClient, type Row } from '../tests/support/delta-client.ts';

export type FaultName = 'drop' | 'duplicate' | 'reorder' | 'garble' | 'cut' | 'skip' | 'new epoch';

type PictureMessage = SnapshotMessage | DeltaMessage;

const symbol = 'BTCUSDT';
const step = { mantissa: 1, exponent: 2 } as const;
const recentCapacity = 6;
const turns = 60;
const mostLevels = 24;

export class FaultSchedule {
  readonly faults = new Map<FaultName, number>();
  compared = 0;
  repairs = 0;
  readonly #seed: number;
  readonly #random: Random;
  readonly #client: DeltaClient;
  /** What was shown, by epoch and seq. */
  readonly #truth = new Map<string, Row[]>();
  #epoch = 0;
  #seq = 0;
  #raw: Row[] = [];
  #sides = { long: 1, short: 1 };
  #recent = new RecentFrames<SymbolFrame>(recentCapacity);
  #latest: SymbolFrame | null = null;
  #shown = this.#connection();
  /** On their way to the client, oldest first. */
  #link: PictureMessage[] = [];

  constructor(seed: number, { verifies }: { verifies: boolean }) {
    this.#seed = seed;
    this.#random = new Random(`faults-${seed}`);
    this.#client = new DeltaClient(verifies);
  }

  /** @throws when the client shows what the server never showed, or ends with another picture than the server's. */
  play(): void {
    this.#publish();
    this.#subscribe(false);
    for (let turn = 0; turn < turns; turn++) this.#turn();
    this.#calm();
  }

  #turn(): void {
    const at = this.#dice();
    if (at < 45) this.#publish();
    else if (at < 75) this.#deliver();
    else if (at < 80) this.#fault('drop', () => this.#link.shift());
    else if (at < 84) this.#fault('duplicate', () => this.#link.unshift(this.#link[0]!));
    else if (at < 88) this.#fault('reorder', () => this.#link.push(this.#link.shift()!));
    else if (at < 92) this.#fault('garble', () => this.#link.unshift(this.#garbled(this.#link.shift()!)));
    else if (at < 95) this.#cut('cut');
    else if (at < 97) this.#startAnew();
    else this.#calm();
  }

  /** All that is on its way arrives, then one picture more: now the client must have the newest. */
  #calm(): void {
    while (this.#link.length > 0) this.#deliver();
    this.#publish(false);
    while (this.#link.length > 0) this.#deliver();
    const { picture } = this.#client;
    const newest = this.#latest!;
    if (picture?.seq !== newest.seq || picture.epoch !== newest.epoch) {
      throw this.#broken(`the client has ${picture?.epoch} ${picture?.seq}, the server ${newest.epoch} ${newest.seq}`);
    }
  }

  #publish(maySkip = true): void {
    this.#seq += 1 + Math.floor(this.#random.uniform() * 3);
    this.#raw = this.#evolved();
    const rows = this.#raw
      .map(
        ([number, long, short]): Row => [
          number,
          Math.round(long * this.#sides.long),
          Math.round(short * this.#sides.short),
        ],
      )
      .filter(([, long, short]) => long + short > 0);
    this.#latest = this.#frameOf(rows);
    this.#recent.add(this.#latest);
    this.#truth.set(
      `${this.#epoch} ${this.#seq}`,
      rows.map(([number, long, short]) => [levelPrice(step, number), long, short]),
    );
    if (maySkip && this.#dice() < 20) this.#count('skip');
    else this.#send(this.#latest);
  }

  /** Some levels are opened or swept, and both sides closed a little. */
  #evolved(): Row[] {
    const byLevel = new Map(this.#raw.map((row) => [row[0], row]));
    const changes = Math.floor(this.#random.uniform() * 4);
    for (let change = 0; change < changes; change++) {
      const number = 1 + Math.floor(this.#random.uniform() * mostLevels);
      const usd = () => (this.#random.uniform() < 0.3 ? 0 : this.#random.uniform() * 1e6);
      byLevel.set(number, [number, usd() / this.#sides.long, usd() / this.#sides.short]);
    }
    this.#sides = {
      long: this.#sides.long * (1 - this.#random.uniform() * 0.01),
      short: this.#sides.short * (1 - this.#random.uniform() * 0.01),
    };
    return [...byLevel.values()].sort((a, b) => a[0] - b[0]);
  }

  #frameOf(rows: readonly Row[]): SymbolFrame {
    const levels = {
      count: rows.length,
      number: Float64Array.from(rows, ([number]) => number),
      longDensity: Float64Array.from(rows, ([, long]) => long),
      shortDensity: Float64Array.from(rows, ([, , short]) => short),
    };
    const facts = {
      symbol,
      epoch: String(this.#epoch),
      seq: this.#seq,
      timestamp: this.#seq,
      marketTime: this.#seq,
      currentPrice: 1200,
      created: 0,
      consumed: 0,
      createdTotal: this.#seq,
      consumedTotal: 0,
      levelStep: step,
    };
    const { bytes } = snapshotFrame(facts, levels);
    return new SymbolFrame(bytes, null, { facts, levels, sides: this.#sides, checksum: levelChecksum(step, levels) });
  }

  #connection(): ShownPictures {
    return new ShownPictures({ recentOf: () => this.#recent, takesDeflated: false, encoded() {} });
  }

  #subscribe(isResumed: boolean): void {
    const held = isResumed ? this.#client.picture : null;
    const given = this.#shown.begin(symbol, held ?? undefined);
    if (this.#latest !== null && given !== this.#latest) this.#send(this.#latest);
  }

  #send(frame: SymbolFrame): void {
    this.#link.push(JSON.parse(Buffer.from(payloadOf(this.#shown.bytesFor(frame))).toString()));
  }

  #deliver(): void {
    const message = this.#link.shift();
    if (message === undefined) return;
    if (this.#client.take(message) === 'repair') {
      this.repairs++;
      this.#subscribe(false);
    }
    const { picture } = this.#client;
    if (picture === null) return;
    this.compared++;
    const truth = this.#truth.get(`${picture.epoch} ${picture.seq}`);
    if (!isDeepStrictEqual(picture.rows, truth)) throw this.#broken(`seq ${picture.seq} is not what the server showed`);
  }

  #cut(name: 'cut' | 'new epoch'): void {
    this.#count(name);
    this.#link = this.#link.slice(0, Math.floor(this.#random.uniform() * this.#link.length));
    while (this.#link.length > 0) this.#deliver();
    this.#link = [];
    this.#shown = this.#connection();
    this.#subscribe(true);
  }

  /** The stream begins again from nothing, at numbers that were there before. */
  #startAnew(): void {
    this.#epoch++;
    this.#seq = 0;
    this.#raw = [];
    this.#sides = { long: 1, short: 1 };
    this.#recent = new RecentFrames(recentCapacity);
    this.#latest = null;
    this.#link = [];
    this.#publish();
    this.#cut('new epoch');
  }

  /** A number or a digit is another one: what a wrong implementation would make of it. */
  #garbled(message: PictureMessage): PictureMessage {
    const copy = structuredClone(message);
    if (copy.type === 'snapshot') {
      const level = copy.data.levels[0];
      if (level !== undefined) level.long_density += 1;
    } else if (copy.data.rounding.length > 0) {
      const digit = (Number(copy.data.rounding[0]) + 1) % 9;
      copy.data.rounding = `${digit}${copy.data.rounding.slice(1)}`;
    }
    return copy;
  }

  #fault(name: FaultName, work: () => void): void {
    if (this.#link.length === 0) return;
    this.#count(name);
    work();
  }

  #count(name: FaultName): void {
    this.faults.set(name, (this.faults.get(name) ?? 0) + 1);
  }

  #dice(): number {
    return this.#random.uniform() * 100;
  }

  #broken(what: string): Error {
    return new Error(`seed ${this.#seed}: ${what}`);
  }
}
