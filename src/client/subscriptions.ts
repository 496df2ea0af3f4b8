/** What a client wants, by symbol, what it has of it, and the messages that ask for it. */
import { HeldLiquidations } from './held-liquidations.ts';
import { HeldPicture } from './held-picture.ts';
import type { Channel } from './messages.ts';

/** Symbols in one message. */
const symbolsPerMessage = 10;

interface Subscription {
  /** Undefined: what the server gives to whoever names none. */
  readonly channels: readonly Channel[] | undefined;
  readonly picture: HeldPicture;
  readonly liquidations: HeldLiquidations;
}

export class Subscriptions {
  readonly #bySymbol = new Map<string, Subscription>();

  get symbols(): string[] {
    return [...this.#bySymbol.keys()];
  }

  get(symbol: string): Subscription | undefined {
    return this.#bySymbol.get(symbol);
  }

  /** @returns those that have to be asked for. */
  add(symbols: readonly string[], channels: readonly Channel[] | undefined): string[] {
    return symbols.filter((symbol) => {
      const known = this.#bySymbol.get(symbol);
      if (known !== undefined && String(known.channels) === String(channels)) return false;
      const { picture = new HeldPicture(), liquidations = new HeldLiquidations() } = known ?? {};
      this.#bySymbol.set(symbol, { channels, picture, liquidations });
      return true;
    });
  }

  /** @returns those that there were. */
  remove(symbols: readonly string[]): string[] {
    return symbols.filter((symbol) => this.#bySymbol.delete(symbol));
  }

  wantsPictures(symbol: string): boolean {
    const subscription = this.#bySymbol.get(symbol);
    return subscription !== undefined && (subscription.channels?.includes('heatmap') ?? true);
  }

  /** @param updateInterval seconds. */
  messagesFor(symbols: readonly string[], updateInterval: number | undefined): object[] {
    const groups = new Map<string, string[]>();
    for (const symbol of symbols) {
      const key = String(this.#bySymbol.get(symbol)?.channels);
      groups.set(key, [...(groups.get(key) ?? []), symbol]);
    }
    return [...groups.values()].flatMap((group) => {
      const messages: object[] = [];
      for (let from = 0; from < group.length; from += symbolsPerMessage) {
        messages.push(this.#message(group.slice(from, from + symbolsPerMessage), updateInterval));
      }
      return messages;
    });
  }

  /** Of symbols with the same channels. */
  #message(symbols: readonly string[], update_interval: number | undefined): object {
    const channels = this.#bySymbol.get(symbols[0]!)?.channels;
    const named = symbols.flatMap((symbol) => {
      const name = this.#bySymbol.get(symbol)?.picture.name;
      return name === undefined ? [] : [[symbol, name] as const];
    });
    const resume = named.length > 0 ? { resume: Object.fromEntries(named) } : {};
    return { action: 'subscribe', symbols, channels, mode: 'delta', update_interval, ...resume };
  }
}
