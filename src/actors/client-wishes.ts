/** What one client wants to see and in which form: its subscriptions, and the pictures it has in delta mode. */
import type { ChannelName } from '../protocol/channel-name.ts';
import { ClientFrames } from '../streams/client-frames.ts';
import type { FrameTaker } from '../streams/newest-wins.ts';
import type { NewsTaker } from '../streams/news-queue.ts';
import { ClientNews } from './client-news.ts';
import type { ConnectionOptions } from './connection-options.ts';
import { type PictureName, ShownPictures } from './shown-pictures.ts';
import type { SymbolFrame } from './symbol-frame.ts';
import type { SymbolNews } from './symbol-news.ts';

/** The client's end. */
export type WishTaker = FrameTaker<SymbolFrame> & NewsTaker<SymbolNews>;

export interface Wish {
  readonly everyTicks: number;
  readonly mode: 'snapshot' | 'delta';
  /** The picture that the client says it has. */
  readonly has: PictureName | undefined;
  /** Pictures up to this seq are passed over. */
  readonly afterSeq?: number;
}

export class ClientWishes {
  readonly #options: ConnectionOptions;
  readonly #taker: WishTaker;
  readonly #takesDeflated: boolean;
  readonly #frames: ClientFrames<SymbolFrame>;
  /** Made for the first symbol in delta mode. */
  #shown: ShownPictures | null = null;
  /** Made for the first that it wants to hear. */
  #news: ClientNews | null = null;

  constructor(options: ConnectionOptions, takesDeflated: boolean, taker: WishTaker) {
    const { channelOf, maxQueueSize: capacity } = options;
    const form = takesDeflated ? 'deflated' : 'plain';
    this.#options = options;
    this.#taker = taker;
    this.#takesDeflated = takesDeflated;
    this.#frames = new ClientFrames(form, { channelOf, keyOf: symbolOf, capacity }, taker);
  }

  get symbols(): Iterable<string> {
    return new Set([...this.#frames.symbols, ...(this.#news?.symbols ?? [])]);
  }

  /** Replaces the wish before it. */
  want(symbol: string, channels: readonly ChannelName[], wish: Wish): void {
    if (channels.includes('heatmap')) this.subscribe(symbol, wish);
    else this.#leavePictures(symbol);
    const news = channels.filter((name) => name !== 'heatmap');
    if (news.length > 0) {
      this.#news ??= new ClientNews(this.#options.news, this.#options.newsQueueSize, this.#taker);
    }
    this.#news?.want(symbol, news);
  }

  /** To its pictures. Replaces the wish before it. */
  subscribe(symbol: string, { everyTicks, mode, has, afterSeq }: Wish): void {
    const given = this.#begin(symbol, mode, has);
    this.#frames.subscribe(symbol, everyTicks, given, Math.max(afterSeq ?? -1, this.#aheadOf(symbol, has)));
  }

  unsubscribe(symbol: string, channels: readonly ChannelName[]): void {
    for (const name of channels) {
      if (name === 'heatmap') this.#leavePictures(symbol);
      else this.#news?.leave(symbol, name);
    }
  }

  /** A picture from elsewhere than the symbol's channel, under the same backpressure. */
  offer(frame: SymbolFrame): void {
    this.#frames.next(frame);
  }

  /** There may be room again. */
  release(): void {
    this.#frames.release();
    this.#news?.release();
  }

  end(): void {
    this.#frames.end();
    this.#news?.end();
  }

  /** Takes it that the client will have the frame. */
  bytesFor(frame: SymbolFrame): Uint8Array {
    return this.#shown?.bytesFor(frame) ?? frame.whole(this.#takesDeflated);
  }

  #leavePictures(symbol: string): void {
    this.#frames.unsubscribe(symbol);
    this.#shown?.end(symbol);
  }

  /**
   * Of several servers one may have shown a picture and ended before the others heard of it: who comes from there is not led back.
   * A server that is alone is behind nobody.
   *
   * @returns its seq when it is ahead of what there is to show; else -1.
   */
  #aheadOf(symbol: string, has: PictureName | undefined): number {
    const { channelOf, isOneOfMany } = this.#options;
    const { latest } = channelOf(symbol);
    return isOneOfMany && has !== undefined && latest?.epoch === has.epoch && has.seq > latest.seq ? has.seq : -1;
  }

  #begin(symbol: string, mode: Wish['mode'], has: PictureName | undefined): SymbolFrame | undefined {
    if (mode !== 'delta') {
      this.#shown?.end(symbol);
      return undefined;
    }
    this.#shown ??= new ShownPictures({
      recentOf: (name) => this.#options.channelOf(name).recent,
      takesDeflated: this.#takesDeflated,
      encoded: this.#options.counters.deltaEncoded,
    });
    return this.#shown.begin(symbol, has);
  }
}

function symbolOf(frame: SymbolFrame): string {
  return frame.symbol;
}
