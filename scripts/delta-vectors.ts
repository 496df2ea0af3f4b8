/** `npm run docs:vectors`: messages in delta mode with what a client must make of them, for clients in any language. */
import { writeFileSync } from 'node:fs';
import type { Levels } from '../src/market/book-window.ts';
import { deltaFrame, type Picture } from '../src/protocol/delta-frame.ts';
import { levelChecksum } from '../src/protocol/level-checksum.ts';
import type { DeltaMessage, SnapshotMessage } from '../src/protocol/server-message.ts';
import { snapshotFrame } from '../src/protocol/snapshot-frame.ts';
import { payloadOf } from '../src/protocol/websocket-frame.ts';

type Row = readonly [price: number, long: number, short: number];

export interface DeltaVector {
  readonly what: string;
  readonly messages: readonly (SnapshotMessage | DeltaMessage)[];
  /** After the last message the picture is `shown`, or the message was `old`, or the picture is lost and needs `repair`. */
  readonly outcome: 'shown' | 'old' | 'repair';
  /** What is shown then, as [price, long_density, short_density]; null: nothing. */
  readonly levels: readonly Row[] | null;
}

const step = { mantissa: 5, exponent: -1 } as const;
/** Prices are numbers of half dollars. */
const first: readonly Row[] = [
  [197_001, 1_500_000, 0],
  [197_002, 7, 0],
  [197_003, 333_333, 0],
  [198_000, 0, 900_001],
  [198_500, 0, 12],
];
const closed: readonly Row[] = [
  [197_001, 1_485_000, 0],
  [197_002, 7, 0],
  [197_003, 330_001, 0],
  [198_000, 0, 855_001],
  [198_500, 0, 10],
];
const opened: readonly Row[] = [
  [197_000, 44, 0],
  [197_001, 1_485_000, 0],
  [197_003, 0, 5],
  [198_000, 0, 860_000],
  [198_500, 0, 10],
];

function pictureOf(epoch: string, seq: number, rows: readonly Row[], long: number, short: number): Picture {
  const levels: Levels = {
    count: rows.length,
    number: Float64Array.from(rows, ([number]) => number),
    longDensity: Float64Array.from(rows, ([, density]) => density),
    shortDensity: Float64Array.from(rows, ([, , density]) => density),
  };
  const facts = {
    symbol: 'BTCUSDT',
    epoch,
    seq,
    timestamp: Date.parse('2026-01-01T00:00:00.500Z') + 1000 * seq,
    marketTime: Date.parse('2026-01-01T00:00:00Z') + 1000 * seq,
    currentPrice: 98_750.1,
    created: 80,
    consumed: 2,
    createdTotal: 80 * seq,
    consumedTotal: 2 * seq,
    levelStep: step,
  };
  return { facts, levels, sides: { long, short }, checksum: levelChecksum(step, levels) };
}

const read = <M>(frame: Uint8Array): M => JSON.parse(Buffer.from(payloadOf(frame)).toString());
const snapshotOf = ({ facts, levels }: Picture) => read<SnapshotMessage>(snapshotFrame(facts, levels).bytes);
const deltaOf = (from: Picture, to: Picture) => read<DeltaMessage>(deltaFrame(from, to));
const priced = (rows: readonly Row[]): Row[] => rows.map(([number, long, short]) => [number / 2, long, short]);

export function deltaVectors(): { readonly about: string; readonly steps: DeltaVector[] } {
  const a = pictureOf('e1', 10, first, 1, 1);
  const b = pictureOf('e1', 12, closed, 0.99, 0.95);
  const c = pictureOf('e1', 15, opened, 0.99, 0.95);
  const anew = pictureOf('e2', 3, closed, 1, 1);
  const wrong = (delta: DeltaMessage): DeltaMessage => ({ ...delta, checksum: (delta.checksum ^ 1) >>> 0 });
  const short = (delta: DeltaMessage): DeltaMessage => ({
    ...delta,
    data: { ...delta.data, rounding: delta.data.rounding.slice(1) },
  });
  const step = (
    what: string,
    messages: DeltaVector['messages'],
    outcome: DeltaVector['outcome'],
    levels: readonly Row[] | null,
  ): DeltaVector => ({ what, messages, outcome, levels: levels === null ? null : priced(levels) });
  return {
    about: 'Each step begins with a client that has nothing. Generated; see "Delta mode" in README.md.',
    steps: [
      step('scales both sides and adds the roundings', [snapshotOf(a), deltaOf(a, b)], 'shown', closed),
      step('sets, inserts and removes levels', [snapshotOf(b), deltaOf(b, c)], 'shown', opened),
      step('two in a row', [snapshotOf(a), deltaOf(a, b), deltaOf(b, c)], 'shown', opened),
      step('one merged delta does what the two did', [snapshotOf(a), deltaOf(a, c)], 'shown', opened),
      step('the same delta again is old', [snapshotOf(a), deltaOf(a, b), deltaOf(a, b)], 'old', closed),
      step('a snapshot from before is old', [snapshotOf(b), snapshotOf(a)], 'old', closed),
      step('a delta that begins elsewhere', [snapshotOf(a), deltaOf(b, c)], 'repair', null),
      step('a delta of another epoch', [snapshotOf(anew), deltaOf(a, b)], 'repair', null),
      step('a snapshot of another epoch is taken', [snapshotOf(b), snapshotOf(anew)], 'shown', closed),
      step('a checksum that differs', [snapshotOf(a), wrong(deltaOf(a, b))], 'repair', null),
      step('a rounding of another length', [snapshotOf(a), short(deltaOf(a, b))], 'repair', null),
      step('a delta before any picture', [deltaOf(a, b)], 'repair', null),
    ],
  };
}

if (import.meta.main) {
  const file = new URL('../docs/delta-vectors.json', import.meta.url);
  writeFileSync(file, `${JSON.stringify(deltaVectors(), null, 2)}\n`);
}
