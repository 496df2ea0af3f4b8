/** How one venue speaks, as its simulator needs it: subscriptions in, frames out, answers over HTTP. */
import type { SymbolObservation } from '../../src/market/event.ts';
import type { MarginTier } from '../../src/market/margin-tiers.ts';
import type { VenueMarket } from './venue-market.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface TopicFrame {
  readonly topic: string;
  readonly text: string;
}

export type ClientMessage =
  | { readonly type: 'subscribe'; readonly topics: readonly string[]; readonly answers: readonly string[] }
  | { readonly type: 'ping'; readonly answer: string }
  | { readonly type: 'refused'; readonly answer: string };

export interface VenueProtocol {
  /** Whether data is delivered at this address; others connect and stay silent. */
  isRouted(path: string): boolean;
  read(text: string): ClientMessage;
  /** What a new subscriber is told first. */
  greet(topic: string, market: VenueMarket, now: number): string[];
  /** Frames of one moment with their topics, in order. */
  frames(facts: readonly SymbolObservation[], now: number): TopicFrame[];
  /** What subscribers are told when a symbol's margin tiers change; `null` where they have to ask. */
  readonly tiersFrame: ((symbol: string, tiers: readonly MarginTier[], now: number) => TopicFrame) | null;
  http(url: URL, market: VenueMarket, now: number): HttpAnswer;
  /** Cost of a request in the venue's units. */
  weightOf(path: string): number;
  readonly weightLimit: number;
  readonly weightWindowMs: number;
  /** Header that tells what was used; `null` where none does. */
  readonly weightHeader: string | null;
  /** Client messages a second that are too many; `null` without limit. */
  readonly messagesPerSecond: number | null;
  /** The server pings this often; `null` where the client has to. */
  readonly serverPingMs: number | null;
  /** A client that gives no sign of life (pong or ping) for this long is cut off. */
  readonly lifeSignMs: number;
}

export const json = (value: unknown, status = 200): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});
