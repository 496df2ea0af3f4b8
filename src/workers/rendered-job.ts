/** What of a picture is needed again when its frame is there. */
import type { SideScales } from '../market/level-changes.ts';
import type { PictureFacts } from '../protocol/picture-text.ts';

export interface RenderedJobFacts {
  readonly facts: PictureFacts;
  readonly sides: SideScales;
}
