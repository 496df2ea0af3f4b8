/**
 * Clients that note how late each event was in a picture: a picture holds all events up to its market time, so those between two
 * pictures came with the second.
 */
import { WebSocket } from 'ws';

/** Moments between two market times that stand for the events there. */
const samples = 5;

export class PictureListener {
  readonly #sockets: WebSocket[] = [];
  /** Of the newest picture of each socket; NaN before the first that counts. */
  readonly #marketTimes: number[] = [];
  #lagsMs: number[] = [];
  frames = 0;

  async open(url: string, count: number, symbols: readonly string[]): Promise<void> {
    for (let i = 0; i < count; i++) {
      const socket = new WebSocket(url);
      this.#sockets.push(socket);
      const symbol = symbols[i % symbols.length]!;
      this.#marketTimes.push(Number.NaN);
      socket.on('message', (data: Buffer) => {
        const receivedAt = performance.timeOrigin + performance.now();
        const found = /"market_time":"([^"]+)"/.exec(data.toString('latin1', 0, 400));
        if (found === null) return;
        this.frames++;
        const next = Date.parse(found[1]!);
        const marketTime = this.#marketTimes[i]!;
        for (let s = 1; s <= samples; s++) {
          const time = marketTime + ((next - marketTime) * s) / samples;
          if (!Number.isNaN(time)) this.#lagsMs.push(receivedAt - time);
        }
        this.#marketTimes[i] = next;
      });
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
      socket.send(JSON.stringify({ action: 'subscribe', symbols: [symbol] }));
    }
  }

  /** Of what was noted since the last call, ms. What came before it is no moment to count from: it may have been quiet. */
  take(): { readonly p50: number; readonly p99: number; readonly count: number } {
    const sorted = Float64Array.from(this.#lagsMs).sort();
    this.#lagsMs = [];
    this.#marketTimes.fill(Number.NaN);
    const at = (share: number) => sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN;
    return { p50: at(0.5), p99: at(0.99), count: sorted.length };
  }

  close(): void {
    for (const socket of this.#sockets) socket.terminate();
  }
}
