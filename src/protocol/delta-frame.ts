/** A delta as the finished WebSocket frame: what makes one picture out of another, whichever lie between them. */
import type { Levels } from '../market/book-window.ts';
import { levelChanges, type SideScales } from '../market/level-changes.ts';
import { ascii, FramePayload } from './json-bytes.ts';
import { type PictureFacts, pictureHead, pictureShown, pictureTail } from './picture-text.ts';

/** All that a delta from or to this picture needs. */
export interface Picture {
  readonly facts: PictureFacts;
  readonly levels: Levels;
  /** The part of each side that no closing has taken since some time before; what matters is its ratio between two pictures. */
  readonly sides: SideScales;
  readonly checksum: number;
}

export function deltaFrame(from: Picture, to: Picture): Uint8Array {
  const scale = { long: ratio(to.sides.long, from.sides.long), short: ratio(to.sides.short, from.sides.short) };
  const { roundings, listed } = levelChanges(from.levels, to.levels, scale);
  const facts = {
    ...to.facts,
    created: to.facts.createdTotal - from.facts.createdTotal,
    consumed: to.facts.consumedTotal - from.facts.consumedTotal,
  };
  const head = pictureHead('delta', facts, { prev_seq: from.facts.seq });
  const parts = [
    ascii(`${head}"scale":[${scale.long},${scale.short}],"rounding":"`),
    ascii('","levels":['),
    ascii(`]${pictureShown(facts)}${pictureTail(facts, to.checksum)}`),
  ] as const;
  const textBytes = parts.reduce((sum, part) => sum + part.length, roundings.length);
  const payload = new FramePayload(textBytes, listed.count);
  payload.add(parts[0]);
  payload.addDigits(roundings);
  payload.add(parts[1]);
  payload.addLevelTuples(to.facts.levelStep, listed);
  payload.add(parts[2]);
  return payload.finish().bytes;
}

/** 1 where there is no ratio: then every level is listed that changed. */
function ratio(now: number, before: number): number {
  const quotient = now / before;
  return Number.isFinite(quotient) && quotient > 0 ? quotient : 1;
}
