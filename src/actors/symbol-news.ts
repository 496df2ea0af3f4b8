/** One message of a symbol's news, one object for all clients: its bytes are made when the first of them takes it, in the form he takes. */
import type { NewsChannelName } from '../protocol/channel-name.ts';
import { deflatedFrame } from '../protocol/deflated-frame.ts';
import type { LiquidationsMessage } from '../protocol/liquidations-message.ts';
import type { ScoreMessage } from '../protocol/score-message.ts';
import { textFrame } from '../protocol/websocket-frame.ts';

/** By channel. */
export interface NewsMessages {
  readonly liquidations: LiquidationsMessage;
  readonly score: ScoreMessage;
}

export type NewsMessage = NewsMessages[NewsChannelName];

/** Of fewer bytes compression makes no fewer packets. */
const deflatedFromBytes = 1024;

export class SymbolNews {
  readonly message: NewsMessage;
  #plain: Uint8Array | null = null;
  #deflated: Uint8Array | null = null;

  constructor(message: NewsMessage) {
    this.message = message;
  }

  get channel(): NewsChannelName {
    return this.message.type;
  }

  get symbol(): string {
    return this.message.symbol;
  }

  /** Entries that are lost with it, those included that it tells of as missed. */
  get count(): number {
    return this.message.missed + this.message.data.length;
  }

  /** @param missed entries that this client alone has lost before it: then the bytes are his own. */
  bytesFor(takesDeflated: boolean, missed: number): Uint8Array {
    if (missed > 0) {
      const own = new SymbolNews({ ...this.message, missed: this.message.missed + missed });
      return own.bytesFor(takesDeflated, 0);
    }
    this.#plain ??= textFrame(JSON.stringify(this.message));
    if (!takesDeflated || this.#plain.length < deflatedFromBytes) return this.#plain;
    this.#deflated ??= Buffer.from(deflatedFrame(this.#plain));
    return this.#deflated;
  }
}
