/** One moment of a time series as JSON: the whole list of levels, or what changed since the moment before. */
import type { Levels } from '../market/book-window.ts';
import type { Column } from '../market/column-fold.ts';
import { changesRoom, levelChanges, type SideScales } from '../market/level-changes.ts';
import type { PriceStep } from '../market/price-grid.ts';
import { changesText, sideRatios } from './delta-frame.ts';
import { ascii, FramePayload } from './json-bytes.ts';
import { levelChecksum } from './level-checksum.ts';

export interface HistoryColumn extends Column {
  readonly seq: number;
  /** USD. */
  readonly close: number;
  /** Of the levels: a bin may be several level steps wide. */
  readonly step: PriceStep;
  readonly levels: Levels;
  readonly sides: SideScales;
}

/** Changes are written as soon as they are found. */
let room = changesRoom(0);

/** @param before the column that the reader has; null: none, so the levels come whole. */
export function historyColumn(column: HistoryColumn, before: HistoryColumn | null): Uint8Array {
  const head = ascii(`{"timestamp":"${new Date(column.time).toISOString()}","seq":${column.seq},`);
  const tail = ascii(tailOf(column));
  if (before !== null) {
    const scale = sideRatios(before.sides, column.sides);
    const levels = before.levels.count + column.levels.count;
    if (room.number.length < levels) room = changesRoom(levels * 2);
    const changes = levelChanges(before.levels, column.levels, scale, room);
    // A changed level takes about as much as a whole one, so beyond half of them nothing is gained.
    if (changes.listed.count * 2 < column.levels.count) {
      const payload = new FramePayload(head.length + tail.length + changesText.room(changes), changes.listed.count);
      payload.add(head);
      changesText.add(payload, column.step, changes);
      payload.add(tail);
      return payload.finishBare();
    }
  }
  const payload = new FramePayload(head.length + tail.length + levelsOpen.length + 1, column.levels.count);
  payload.add(head);
  payload.add(levelsOpen);
  payload.addLevels(column.step, column.levels);
  payload.add(levelsClose);
  payload.add(tail);
  return payload.finishBare();
}

const levelsOpen = ascii('"levels":[');
const levelsClose = ascii(']');

function tailOf({ close, path, created, consumed, step, levels }: HistoryColumn): string {
  const { open, high, low } = path ?? { open: close, high: close, low: close };
  return (
    `,"current_price":${close},"open":${open},"high":${high},"low":${low}` +
    `,"positions_created":${created},"positions_consumed":${consumed},"checksum":${levelChecksum(step, levels)}}`
  );
}
