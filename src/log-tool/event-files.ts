/** Tables of events as files: Parquet for tools, CSV for eyes and spreadsheets. Both are written and read piece by piece. */
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { type EventRow, eventColumnNames, eventColumns } from './event-table.ts';
import { checkFlatTable, withCheckedRanges } from './parquet-table.ts';

export interface EventFile {
  write(path: string, rows: Iterable<EventRow>): Promise<void>;
  read(path: string): AsyncIterable<EventRow>;
}

/** Rows in one group of a Parquet file, which is what is in memory at once. */
const rowsPerGroup = 100_000;

export const parquetFile: EventFile = {
  async write(path, rows) {
    const empty = eventColumnNames.map((name) => ({ name, data: [], type: eventColumns[name], nullable: true }));
    const writer = fileWriter(path);
    const file = new ParquetWriter({
      writer,
      schema: schemaFromColumnData({ columnData: empty }),
      createdBy: 'heatline',
    });
    const group: EventRow[] = [];
    const flush = async () => {
      if (group.length === 0) return;
      const columnData = eventColumnNames.map((name) => ({ name, data: group.map((row) => row[name] ?? null) }));
      await file.write({ columnData, rowGroupSize: rowsPerGroup });
      group.length = 0;
    };
    for (const row of rows) if (group.push(row) === rowsPerGroup) await flush();
    await flush();
    await file.finish();
  },

  async *read(path) {
    const file = withCheckedRanges(await asyncBufferFromFile(path));
    const metadata = await parquetMetadataAsync(file);
    checkFlatTable(metadata);
    let rowStart = 0;
    for (const group of metadata.row_groups) {
      const rowEnd = rowStart + Number(group.num_rows);
      yield* (await parquetReadObjects({ file, metadata, rowStart, rowEnd })) as EventRow[];
      rowStart = rowEnd;
    }
  },
};

const textColumns = new Set<string>(eventColumnNames.filter((name) => eventColumns[name] === 'STRING'));

export const csvFile: EventFile = {
  async write(path, rows) {
    const lines = stringify({
      header: true,
      columns: [...eventColumnNames],
      // JavaScript writes -0 as 0.
      cast: { number: (value) => (Object.is(value, -0) ? '-0' : String(value)) },
    });
    await pipeline(Readable.from(rows), lines, createWriteStream(path));
  },

  async *read(path) {
    const lines = parse({
      columns: true,
      cast: (value, { column, header }) => {
        if (header) return value;
        if (value === '') return null;
        return textColumns.has(String(column)) ? value : Number(value);
      },
    });
    const source = createReadStream(path);
    source.on('error', (error) => lines.destroy(error));
    yield* source.pipe(lines) as AsyncIterable<EventRow>;
  },
};

/** By the file's ending. */
export function eventFileOf(path: string): EventFile | null {
  if (path.endsWith('.parquet')) return parquetFile;
  return path.endsWith('.csv') ? csvFile : null;
}
