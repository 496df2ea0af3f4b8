/**
 * A snapshot as the finished WebSocket frame that every client is sent: JSON digits written straight into bytes.
 *
 * What tells two pictures apart (levels, price, totals) is one run of bytes, `content`: two frames show the same data exactly when
 * these bytes are equal. Time, seq and the counts since the previous frame lie outside of it.
 */
import type { Levels } from '../market/book-window.ts';
import { ascii, FramePayload } from './json-bytes.ts';
import { levelChecksum } from './level-checksum.ts';
import { type PictureFacts, pictureHead, pictureShown, pictureTail } from './picture-text.ts';

export interface SnapshotFrame {
  /** The whole frame, header included. */
  readonly bytes: Uint8Array;
  /** Where `content` lies in it. */
  readonly contentStart: number;
  readonly contentEnd: number;
  readonly checksum: number;
}

const levelsOpen = ascii('"levels":[');
const levelsClose = ascii(']');

export function snapshotFrame(facts: PictureFacts, levels: Levels): SnapshotFrame {
  const checksum = levelChecksum(facts.levelStep, levels);
  const head = ascii(pictureHead('snapshot', facts, {}));
  const shown = ascii(pictureShown(facts));
  const tail = ascii(pictureTail(facts, checksum));
  const textBytes = head.length + levelsOpen.length + levelsClose.length + shown.length + tail.length;
  const payload = new FramePayload(textBytes, levels.count);
  payload.add(head);
  const contentStart = payload.size;
  payload.add(levelsOpen);
  payload.addLevels(facts.levelStep, levels);
  payload.add(levelsClose);
  payload.add(shown);
  const contentEnd = payload.size;
  payload.add(tail);
  const { bytes, payloadAt } = payload.finish();
  return { bytes, contentStart: contentStart + payloadAt, contentEnd: contentEnd + payloadAt, checksum };
}
