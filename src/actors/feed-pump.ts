/**
 * Carries a feed's observations to the symbol actors, chunk by chunk: the next one is taken only when every symbol has committed
 * and folded its part of the one before, so a slow log slows the source down and nothing piles up.
 */
import type { Feed, ResumePoint } from '../feed/feed.ts';
import type { SymbolObservation, Told } from '../market/event.ts';
import type { ActorRef } from './kernel/actor-ref.ts';
import type { IngestOutcome, SymbolMessage } from './symbol-messages.ts';

export type FeedEnd =
  | { readonly outcome: 'exhausted' }
  | { readonly outcome: 'stopped' }
  /** The source broke. What was folded stays. */
  | { readonly outcome: 'failed'; readonly error: unknown };

export class FeedPump {
  readonly #feed: Feed;
  readonly #symbols: ReadonlyMap<string, ActorRef<SymbolMessage>>;
  readonly #abort = new AbortController();
  readonly #waiting = new Map<string, (outcome: IngestOutcome) => void>();
  readonly #dropped = new Set<string>();
  #observations = 0;

  constructor(feed: Feed, symbols: ReadonlyMap<string, ActorRef<SymbolMessage>>) {
    this.#feed = feed;
    this.#symbols = symbols;
  }

  /** Observations carried so far. */
  get observations(): number {
    return this.#observations;
  }

  /** Ends when the feed does. Never rejects. */
  async run(resume: ReadonlyMap<string, ResumePoint>): Promise<FeedEnd> {
    const { signal } = this.#abort;
    try {
      for await (const chunk of this.#feed.observations(resume, signal)) {
        if (signal.aborted) break;
        await this.#carry(chunk);
        this.#observations += chunk.length;
      }
      return { outcome: signal.aborted ? 'stopped' : 'exhausted' };
    } catch (error) {
      return signal.aborted ? { outcome: 'stopped' } : { outcome: 'failed', error };
    }
  }

  stop(): void {
    this.#abort.abort();
    for (const resolve of this.#waiting.values()) resolve('interrupted');
  }

  /** The symbol's actor is no more: what the feed says of it is let go, and the other symbols go on. */
  drop(symbol: string): void {
    this.#dropped.add(symbol);
    this.#waiting.get(symbol)?.('interrupted');
  }

  async #carry(chunk: readonly SymbolObservation<Told>[]): Promise<void> {
    const bySymbol = new Map<string, Told[]>();
    for (const { symbol, observation } of chunk) {
      const part = bySymbol.get(symbol);
      if (part === undefined) bySymbol.set(symbol, [observation]);
      else part.push(observation);
    }
    if (bySymbol.size === 0) return;
    // One promise a chunk and not one a symbol: there are hundreds of symbols in each of dozens of chunks a second.
    await new Promise<void>((resolve, reject) => {
      let left = bySymbol.size;
      const handed = () => {
        if (--left === 0) resolve();
      };
      for (const [symbol, part] of bySymbol) {
        const actor = this.#symbols.get(symbol);
        if (actor !== undefined) this.#hand(symbol, actor, part, handed);
        else reject(new Error(`the feed named ${symbol}, which is not among the symbols`));
      }
    });
  }

  #hand(symbol: string, actor: ActorRef<SymbolMessage>, observations: readonly Told[], handed: () => void): void {
    let isOver = false;
    const done = (outcome: IngestOutcome) => {
      // A restarted actor answers for the one before it, too.
      if (isOver) return;
      isOver = true;
      this.#waiting.delete(symbol);
      // It has folded all that was committed; what it sees again is a duplicate to it.
      if (outcome === 'interrupted' && !this.#abort.signal.aborted && !this.#dropped.has(symbol)) {
        queueMicrotask(() => this.#hand(symbol, actor, observations, handed));
      } else handed();
    };
    this.#waiting.set(symbol, done);
    if (actor.tell({ type: 'observe', observations, done }) !== 'accepted') this.drop(symbol);
  }
}
