/** A delta as the finished WebSocket frame: what makes one picture out of another, whichever lie between them. */
import type { Levels } from '../market/book-window.ts';
import { type LevelChanges, levelChanges, type SideScales } from '../market/level-changes.ts';
import type { PriceStep } from '../market/price-grid.ts';
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
  const changes = levelChanges(from.levels, to.levels, sideRatios(from.sides, to.sides));
  const facts = {
    ...to.facts,
    created: to.facts.createdTotal - from.facts.createdTotal,
    consumed: to.facts.consumedTotal - from.facts.consumedTotal,
  };
  const head = ascii(pictureHead('delta', facts, { prev_seq: from.facts.seq }));
  const tail = ascii(`${pictureShown(facts)}${pictureTail(facts, to.checksum)}`);
  const payload = new FramePayload(head.length + changesText.room(changes) + tail.length, changes.listed.count);
  payload.add(head);
  changesText.add(payload, to.facts.levelStep, changes);
  payload.add(tail);
  return payload.finish().bytes;
}

/** What `levels` were and what they became, as the fields `scale`, `rounding` and `levels`. */
export const changesText = {
  /** Bytes beside the levels that are listed, at most. */
  room({ roundings }: LevelChanges): number {
    return roundings.length + 128;
  },
  add(payload: FramePayload, step: PriceStep, { scale, roundings, listed }: LevelChanges): void {
    payload.add(ascii(`"scale":[${scale.long},${scale.short}],"rounding":"`));
    payload.addDigits(roundings);
    payload.add(ascii('","levels":['));
    payload.addLevelTuples(step, listed);
    payload.add(ascii(']'));
  },
};

/** By which the sides of one picture have to be multiplied to be those of a later one. */
export function sideRatios(from: SideScales, to: SideScales): SideScales {
  return { long: ratio(to.long, from.long), short: ratio(to.short, from.short) };
}

/** 1 where there is no ratio: then every level is listed that changed. */
function ratio(now: number, before: number): number {
  const quotient = now / before;
  return Number.isFinite(quotient) && quotient > 0 ? quotient : 1;
}
