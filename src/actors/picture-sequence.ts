/**
 * The pictures of one symbol, one after another: each counts from the one before, and one that would show the same is none. An actor
 * that was started again goes on from what the earlier one has shown.
 */
import { copyWindow, type WindowFrame, windowColumnsLength } from '../market/book-window.ts';
import { type BookView, cohortsOf } from '../market/symbol-book.ts';
import { pictureFacts } from '../protocol/picture-facts.ts';
import type { PictureFacts } from '../protocol/picture-text.ts';
import type { RenderedSnapshot } from '../workers/snapshot-job.ts';
import { type RenderedJob, type SymbolFrame, symbolFrameOf } from './symbol-frame.ts';

export interface PictureRequest {
  readonly facts: PictureFacts;
  readonly window: WindowFrame;
  /** Not to be written before the picture is done. */
  readonly columns: SharedArrayBuffer;
}

export class PictureSequence {
  #columns = new SharedArrayBuffer(0);
  /** Of the books when it was last rendered. */
  #version = -1;
  #isStale = false;
  #content: Uint8Array | null = null;
  #createdTotal = 0;
  #consumedTotal = 0;

  /** @param shown the last picture of this epoch; `undefined`: there was none. */
  goOnFrom(view: BookView, shown: SymbolFrame | undefined): void {
    const facts = shown?.picture.facts;
    if (facts?.seq === view.version) this.#version = view.version;
    this.#isStale = facts?.isStale === true;
    const { created, consumed } = cohortsOf(view);
    this.#createdTotal = facts?.createdTotal ?? created;
    this.#consumedTotal = facts?.consumedTotal ?? consumed;
  }

  /** Whether the last picture is of these books as they are. */
  shows(view: BookView, isStale: boolean): boolean {
    return view.version === this.#version && isStale === this.#isStale;
  }

  /** One at a time: the columns are used again. @param range share of the price on either side of it. */
  request(
    view: BookView,
    name: string,
    epoch: string,
    range: number,
    timestamp: number,
    isStale: boolean,
  ): PictureRequest {
    const bytes = windowColumnsLength(view, range) * Float64Array.BYTES_PER_ELEMENT;
    if (this.#columns.byteLength < bytes) this.#columns = new SharedArrayBuffer(bytes * 2);
    const window = copyWindow(view, range, new Float64Array(this.#columns));
    const before = { created: this.#createdTotal, consumed: this.#consumedTotal };
    const facts = { ...pictureFacts(view, name, epoch, timestamp, before), isStale };
    return { facts, window, columns: this.#columns };
  }

  /** @returns the finished picture; `undefined`: it would show what the one before shows. */
  take(job: RenderedJob, frame: RenderedSnapshot): SymbolFrame | undefined {
    const { facts } = job;
    this.#version = facts.seq;
    const content = frame.bytes.subarray(frame.contentStart, frame.contentEnd);
    const isStale = facts.isStale === true;
    if (this.#content !== null && isStale === this.#isStale && Buffer.compare(this.#content, content) === 0) return;
    this.#content = content;
    this.#isStale = isStale;
    this.#createdTotal = facts.createdTotal;
    this.#consumedTotal = facts.consumedTotal;
    return symbolFrameOf(job, frame);
  }
}
