/** All news of one thread: a channel for each kind of news and symbol. */
import { type NewsChannelName, newsChannelNames } from '../protocol/channel-name.ts';
import { recentLiquidations } from '../protocol/liquidations-message.ts';
import { recentScores } from '../protocol/score-message.ts';
import { NewsChannel } from '../streams/news-channel.ts';
import { type NewsMessage, SymbolNews } from './symbol-news.ts';

export interface NewsDeskOptions {
  readonly symbols: readonly string[];
  /** Liquidations that a newcomer is told of; 0: none. */
  readonly recentLiquidations: number;
  /** For whoever keeps copies of the channels elsewhere. */
  readonly told?: (news: SymbolNews) => void;
}

export class NewsDesk {
  readonly #channels: Readonly<Record<NewsChannelName, ReadonlyMap<string, NewsChannel<SymbolNews>>>>;

  constructor({ symbols, recentLiquidations: max, told }: NewsDeskOptions) {
    const channelsOf = () => {
      const recapOf = (before: SymbolNews | null, news: SymbolNews) => {
        const recap = recapAfter(before?.message ?? null, news.message, max);
        return recap === null ? null : new SymbolNews(recap);
      };
      const options = told === undefined ? { recapOf } : { recapOf, told };
      return new Map(symbols.map((symbol) => [symbol, new NewsChannel<SymbolNews>(options)]));
    };
    this.#channels = Object.fromEntries(newsChannelNames.map((name) => [name, channelsOf()])) as Record<
      NewsChannelName,
      Map<string, NewsChannel<SymbolNews>>
    >;
  }

  channel(name: NewsChannelName, symbol: string): NewsChannel<SymbolNews> {
    return this.#channels[name].get(symbol)!;
  }

  tell(message: NewsMessage): void {
    this.channel(message.type, message.symbol).tell(new SymbolNews(message));
  }

  /** What newcomers are told, of all channels: with this a copy begins. */
  get recaps(): NewsMessage[] {
    const all = newsChannelNames.flatMap((name) => [...this.#channels[name].values()]);
    return all.flatMap(({ recap }) => (recap === null ? [] : [recap.message]));
  }

  /** Subscriptions by channel. */
  get listeners(): Readonly<Record<NewsChannelName, number>> {
    const listenersOf = (name: NewsChannelName) =>
      [...this.#channels[name].values()].reduce((sum, { listeners }) => sum + listeners, 0);
    return Object.fromEntries(newsChannelNames.map((name) => [name, listenersOf(name)])) as Record<
      NewsChannelName,
      number
    >;
  }
}

/** @param before of the same channel. @param max liquidations. */
function recapAfter(before: NewsMessage | null, message: NewsMessage, max: number): NewsMessage | null {
  switch (message.type) {
    case 'liquidations':
      return recentLiquidations(before?.type === message.type ? before : null, message, max);
    case 'score':
      return recentScores(before?.type === message.type ? before : null, message);
    default:
      return message satisfies never;
  }
}
