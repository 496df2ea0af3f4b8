/** What a Parquet file says of itself, when that is not so. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileMetaData, parquetMetadata } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parquetFile } from '../../src/log-tool/event-files.ts';
import { checkFlatTable, withCheckedRanges } from '../../src/log-tool/parquet-table.ts';

let directory: string;
let written: FileMetaData;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'heatline-parquet-'));
  const path = join(directory, 'events.parquet');
  await parquetFile.write(path, [{ stream: 's', epoch: 'e', seq: 1, kind: 'mark_price', time_ms: 1, id: 1, price: 5 }]);
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  written = parquetMetadata(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('a Parquet file', () => {
  it('of a flat table is taken', () => {
    expect(() => checkFlatTable(written)).not.toThrow();
  });

  it.each<[string, (metadata: FileMetaData) => void, RegExp]>([
    ['more rows than it has', (file) => (file.num_rows = 2n), /not the rows it says/],
    ['a group without end', (file) => (file.row_groups[0]!.num_rows = 2n ** 60n), /at most 10000000 are read/],
    ['a negative group', (file) => (file.row_groups[0]!.num_rows = -1n), /at most 10000000 are read/],
    ['a shorter column', (file) => (file.row_groups[0]!.columns[3]!.meta_data!.num_values = 0n), /different lengths/],
    ['a column less in a group', (file) => file.row_groups[0]!.columns.pop(), /other columns than the table/],
    ['a column twice', (file) => (file.schema[2]!.name = file.schema[1]!.name), /names a column twice/],
    ['columns within columns', (file) => (file.schema[1]!.num_children = 1), /flat table/],
    ['fewer columns than it names', (file) => (file.schema[0]!.num_children = 3), /flat table/],
  ])('that says %s is refused', (_what, spoil, problem) => {
    const metadata = structuredClone(written);
    spoil(metadata);
    expect(() => checkFlatTable(metadata)).toThrow(problem);
  });

  it('that refers to bytes which it does not have is a read that fails', async () => {
    const file = withCheckedRanges({
      byteLength: 10,
      slice: async (start, end) => new ArrayBuffer((end ?? 10) - start),
    });
    expect((await file.slice(2, 5)).byteLength).toBe(3);
    for (const [start, end] of [
      [5, 2],
      [0, 11],
      [-11, 5],
      [Number.NaN, 5],
      [2, -1],
    ] as const) {
      await expect(file.slice(start, end)).rejects.toThrow('bytes that it does not have');
    }
  });
});
