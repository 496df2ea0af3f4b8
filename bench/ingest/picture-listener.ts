/** Clients that note when each picture came; a picture holds all events up to its market time. */
import { FrameClient } from '../scenario/frame-client.ts';

/** The market time stands among the first fields. */
const headBytes = 400;

export interface Lags {
  /** Of events, each as every client of its symbol saw it, in ms. */
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
}

/** What one client got of its symbol since it was last asked. */
interface Watch {
  readonly symbol: string;
  /** Rising: market time in ms, and when the picture came. */
  readonly pictures: { readonly marketTime: number; readonly receivedAt: number }[];
}

export class PictureListener {
  readonly #clients: FrameClient[] = [];
  readonly #watches: Watch[] = [];
  frames = 0;

  async open(url: string, count: number, symbols: readonly string[]): Promise<void> {
    const { hostname: host, port } = new URL(url);
    for (let i = 0; i < count; i++) {
      const symbol = symbols[i % symbols.length]!;
      const watch: Watch = { symbol, pictures: [] };
      this.#watches.push(watch);
      const client = new FrameClient({
        host,
        port: Number(port),
        hello: JSON.stringify({ action: 'subscribe', symbols: [symbol] }),
        keptBytes: headBytes,
        frame: (_, __, text) => {
          const receivedAt = performance.timeOrigin + performance.now();
          const found = /"market_time":"([^"]+)"/.exec(text);
          if (found === null) return;
          this.frames++;
          watch.pictures.push({ marketTime: Date.parse(found[1]!), receivedAt });
        },
        closed: () => {},
      });
      this.#clients.push(client);
      await client.opened.promise;
    }
  }

  /**
   * Of the events that these pictures were the first to show; what is in no picture yet is left for the next time.
   *
   * @param timesOf exchange times in ms of what was sent of each symbol meanwhile.
   */
  take(timesOf: Readonly<Record<string, readonly number[]>>): Lags {
    const lags = this.#watches.flatMap(({ symbol, pictures }) => {
      const taken = pictures.splice(0);
      return lagsOf(taken, timesOf[symbol] ?? []);
    });
    const sorted = Float64Array.from(lags).sort();
    const at = (share: number) => sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN;
    return { p50: at(0.5), p99: at(0.99), count: sorted.length };
  }

  close(): void {
    for (const client of this.#clients) client.destroy();
  }
}

function lagsOf(pictures: Watch['pictures'], times: readonly number[]): number[] {
  const rising = [...times].sort((a, b) => a - b);
  const lags: number[] = [];
  let next = 0;
  for (const { marketTime, receivedAt } of pictures) {
    for (; next < rising.length && rising[next]! <= marketTime; next++) lags.push(receivedAt - rising[next]!);
  }
  return lags;
}
