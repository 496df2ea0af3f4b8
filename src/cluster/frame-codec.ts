/**
 * A finished picture as it travels from the node that made it to the others: the frames that clients are sent, and what deltas from it
 * are made of, so that a node that gets it has nothing to compute. A message without a picture says that nothing has changed.
 *
 * Layout: length of the header (uint32, little-endian), header (JSON), then the sections that `sizes` names, in order.
 */
import { z } from 'zod';
import { SymbolFrame } from '../actors/symbol-frame.ts';
import { symbolHealthSchema } from '../protocol/http-view.ts';

const count = z.int().nonnegative();
const scales = z.object({ long: z.number(), short: z.number() });

const headerSchema = z.object({
  version: z.literal(1),
  /** Who made it. */
  node: z.string(),
  symbol: z.string(),
  tick: count,
  /** Its maker writes no more: the lease is free. */
  isLast: z.boolean(),
  /** What `/health` says of the symbol. */
  health: symbolHealthSchema,
  assumptions: z.array(z.string()).readonly(),
  picture: z
    .object({
      facts: z.object({
        symbol: z.string(),
        epoch: z.string(),
        seq: count,
        timestamp: z.number(),
        marketTime: z.number(),
        currentPrice: z.number(),
        created: count,
        consumed: count,
        createdTotal: count,
        consumedTotal: count,
        levelStep: z.object({ mantissa: z.union([z.literal(1), z.literal(2), z.literal(5)]), exponent: z.int() }),
        isStale: z.boolean().optional(),
      }),
      sides: scales,
      checksum: count,
      levels: count,
      /** The picture that the delta leads from; null: there was none before. */
      previous: z.object({ epoch: z.string(), seq: count }).nullable(),
      /** Bytes of: frame, compressed frame, delta, compressed delta. */
      sizes: z.tuple([count, count, count, count]),
    })
    .nullable(),
});

export type FrameHeader = z.infer<typeof headerSchema>;

export interface TravellingFrame {
  readonly header: FrameHeader;
  readonly frame: SymbolFrame | null;
}

const columns = 3;
const nothing = new Uint8Array(0);

/** @param previous the picture that was shown before this one. */
export function encodeFrame(
  about: Omit<FrameHeader, 'version' | 'picture'>,
  frame: SymbolFrame | undefined,
  previous: SymbolFrame | undefined,
): Buffer {
  if (frame === undefined) return assembled({ version: 1, ...about, picture: null }, []);
  const { facts, sides, checksum, levels } = frame.picture;
  const isFollowing = previous !== undefined && previous.epoch === frame.epoch && previous.seq < frame.seq;
  const delta = isFollowing ? frame.after(previous, false, () => {}) : frame.bytes;
  const deflatedDelta = isFollowing && frame.deflated !== null ? frame.after(previous, true, () => {}) : frame.bytes;
  const isWhole = (bytes: Uint8Array) => bytes === frame.bytes || bytes === frame.deflated;
  const sections = [
    frame.bytes,
    frame.deflated ?? nothing,
    isWhole(delta) ? nothing : delta,
    isWhole(deflatedDelta) ? nothing : deflatedDelta,
  ];
  const named = previous === undefined ? null : { epoch: previous.epoch, seq: previous.seq };
  const sizes = sections.map(({ length }) => length) as [number, number, number, number];
  const picture = { facts, sides, checksum, levels: levels.count, previous: named, sizes };
  const rows = [levels.number, levels.longDensity, levels.shortDensity].map((column) =>
    bytesOf(column.subarray(0, levels.count)),
  );
  return assembled({ version: 1, ...about, picture }, [...sections, ...rows]);
}

/** @throws {Error} when the bytes are no such message. */
export function decodeFrame(bytes: Buffer): TravellingFrame {
  const headerEnd = 4 + bytes.readUInt32LE(0);
  const header = headerSchema.parse(JSON.parse(bytes.toString('utf8', 4, headerEnd)));
  if (header.picture === null) return { header, frame: null };
  const { facts, sides, checksum, levels: rows, previous, sizes } = header.picture;
  const expected = headerEnd + sizes.reduce((sum, size) => sum + size, 0) + rows * columns * 8;
  if (bytes.length !== expected) throw new Error(`a frame of ${bytes.length} bytes says that it has ${expected}`);
  let at = headerEnd;
  const take = (size: number) => {
    at += size;
    return bytes.subarray(at - size, at);
  };
  const [plain, deflated, delta, deflatedDelta] = sizes.map(take) as [Buffer, Buffer, Buffer, Buffer];
  // Connection threads share the levels.
  const memory = new SharedArrayBuffer(rows * columns * 8);
  new Uint8Array(memory).set(bytes.subarray(at));
  const column = (number: number) => new Float64Array(memory, number * rows * 8, rows);
  const levels = { count: rows, number: column(0), longDensity: column(1), shortDensity: column(2) };
  const orNull = (section: Buffer) => (section.length === 0 ? null : section);
  const { isStale, ...exact } = facts;
  const known = { ...exact, ...(isStale !== undefined && { isStale }) };
  const frame = new SymbolFrame(plain, orNull(deflated), { facts: known, sides, levels, checksum });
  if (previous !== null && delta.length > 0) frame.learn(previous.seq, delta, orNull(deflatedDelta));
  return { header, frame };
}

function assembled(header: FrameHeader, sections: readonly Uint8Array[]): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(text.length);
  return Buffer.concat([size, text, ...sections]);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
