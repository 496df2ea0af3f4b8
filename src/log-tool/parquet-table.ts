/**
 * Whether a Parquet file's own description is that of a flat table, before its reader believes it. The description is the only part
 * that says how much there is to read, and the reader goes by it.
 */
import type { AsyncBuffer, FileMetaData } from 'hyparquet';

/** A group is in memory as a whole. */
const mostRowsPerGroup = 10_000_000;

/** @throws {Error} that says what is wrong. */
export function checkFlatTable({ schema, row_groups: groups, num_rows: rows }: FileMetaData): void {
  const [root, ...columns] = schema;
  const names = columns.map(({ name }) => name);
  const isFlat = columns.every(({ num_children: children, repetition_type: kind }) => !children && kind !== 'REPEATED');
  if (root?.num_children !== columns.length || !isFlat) throw new Error('its columns are not those of a flat table');
  if (new Set(names).size !== names.length) throw new Error('it names a column twice');
  for (const group of groups) {
    const count = Number(group.num_rows);
    if (!(count >= 0 && count <= mostRowsPerGroup)) {
      throw new Error(`it has a group of ${group.num_rows} rows; at most ${mostRowsPerGroup} are read`);
    }
    const own = group.columns.map(({ meta_data: about }) => about?.path_in_schema.join('.'));
    if (own.length !== names.length || own.some((name, i) => name !== names[i])) {
      throw new Error('a group of rows has other columns than the table');
    }
    if (group.columns.some(({ meta_data: about }) => about!.num_values !== group.num_rows)) {
      throw new Error('a group has columns of different lengths');
    }
  }
  if (groups.reduce((sum, group) => sum + group.num_rows, 0n) !== rows)
    throw new Error('its groups have not the rows it says');
}

/**
 * A range outside of the file fails as a read that fails: thrown at once it would leave the other columns' reads to themselves. And a
 * read ahead whose bytes nobody came to ask for is no error of its own.
 */
export function withCheckedRanges({ byteLength, slice }: AsyncBuffer): AsyncBuffer {
  const checked = async (start: number, end: number) => {
    const from = start < 0 ? byteLength + start : start;
    if (!(from >= 0 && from <= end && end <= byteLength)) throw new Error('it refers to bytes that it does not have');
    return slice(start, end);
  };
  return {
    byteLength,
    slice(start, end = byteLength) {
      const read = checked(start, end);
      read.catch(() => {});
      return read;
    },
  };
}
