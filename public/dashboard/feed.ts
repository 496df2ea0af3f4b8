/**
 * Where the chart's columns come from: first the past over HTTP, then the live pictures on the socket, or a replay in their place.
 *
 * The column of the interval that is under way is made of live pictures. When it is over, the server's own column takes its place, with
 * the true path of the price; so what is shown is in the end what the server answers about the past.
 */
import {
  HeatmapWebSocket,
  type LiquidationsMessage,
  type SnapshotMessage,
  type Status,
} from '../js/websocket-client.mjs';
import type { ChartView } from './chart-view.ts';
import { credential, streamSocket } from './credential.ts';
import { type Column, fetchSeries, type SeriesMeta } from './time-series.ts';

export interface Wish {
  readonly symbol: string;
  readonly rangeMs: number;
  readonly interval: string;
  readonly intervalMs: number;
  /** USD; null: the symbol's own step. */
  readonly binSize: number | null;
  /** Names of bands; all of them: null. */
  readonly leverage: readonly string[] | null;
}

export interface FeedListener {
  status(status: Status): void;
  loaded(meta: SeriesMeta): void;
  picture(message: SnapshotMessage): void;
  /** Of the symbol that is shown. */
  liquidations(message: LiquidationsMessage): void;
  /** An interval is over. */
  turned(): void;
  replaying(isReplaying: boolean): void;
  failed(message: string): void;
}

/** Time for the server to have an event of the next interval. */
const settleMs = 3000;

export class Feed {
  readonly #view: ChartView;
  readonly #listener: FeedListener;
  readonly #client: HeatmapWebSocket;
  #wish: Wish | null = null;
  #load = new AbortController();
  #isPaused = false;
  #replay: WebSocket | null = null;
  /** Live pictures that came while the past was being loaded: the newest is enough. */
  #early: SnapshotMessage | null = null;
  #isLoaded = false;

  constructor(view: ChartView, listener: FeedListener) {
    this.#view = view;
    this.#listener = listener;
    const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/heatmap`;
    this.#client = new HeatmapWebSocket(url, {
      maxReconnectAttempts: Number.POSITIVE_INFINITY,
      ...(credential !== null && { token: credential }),
      onSnapshot: (message) => this.#live(message),
      onLiquidations: (message) => {
        if (message.symbol === this.#wish?.symbol) listener.liquidations(message);
      },
      onStatusChange: (status) => {
        listener.status(status);
        // What was missed meanwhile is in the past by now.
        if (status === 'connected' && this.#isLoaded) void this.reload();
      },
      onError: (error) => listener.failed(error.message),
    });
    this.#client.connect();
    this.#client.startKeepalive();
    addEventListener('beforeunload', () => this.#client.disconnect());
  }

  async show(wish: Wish): Promise<void> {
    if (this.#wish?.symbol !== wish.symbol) {
      if (this.#wish !== null) this.#client.unsubscribe([this.#wish.symbol]);
      this.#view.marks.clear();
    }
    this.#wish = wish;
    this.#client.subscribe([wish.symbol], { channels: ['heatmap', 'liquidations'] });
    await this.reload();
  }

  /** @param endMs moment that the range ends at; null: now. */
  async reload(endMs: number | null = null): Promise<boolean> {
    const wish = this.#wish;
    if (wish === null) return false;
    this.#load.abort();
    this.#load = new AbortController();
    this.#isLoaded = false;
    try {
      const { columns, meta } = await fetchSeries(this.#query(wish, endMs), this.#load.signal);
      const binSize = wish.binSize ?? meta.price_bin_size ?? meta.level_step ?? 1;
      this.#view.show(columns, binSize, wish.intervalMs);
      this.#isLoaded = true;
      this.#listener.loaded(meta);
      if (this.#early !== null && endMs === null) this.#live(this.#early);
      this.#early = null;
      return true;
    } catch (error) {
      if ((error as Error).name !== 'AbortError') this.#listener.failed((error as Error).message);
      return false;
    }
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    if (!isPaused) void this.reload();
  }

  /** The past from a moment on, as a film, in place of the live pictures. */
  async replay(fromMs: number, speed: number): Promise<void> {
    const wish = this.#wish;
    this.stopReplay();
    if (wish === null || !(await this.reload(fromMs))) return;
    const socket = streamSocket();
    this.#replay = socket;
    this.#listener.replaying(true);
    socket.onopen = () => {
      const from = new Date(fromMs).toISOString();
      socket.send(JSON.stringify({ action: 'replay', symbol: wish.symbol, from, speed, update_interval: 1 }));
    };
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(String(data));
      if (message.type === 'snapshot') this.#put(message);
      if (message.type === 'error') this.#listener.failed(message.message);
    };
    socket.onclose = () => {
      if (this.#replay !== socket) return;
      this.stopReplay();
      void this.reload();
    };
  }

  stopReplay(): void {
    const socket = this.#replay;
    this.#replay = null;
    socket?.close();
    this.#listener.replaying(false);
  }

  get isReplaying(): boolean {
    return this.#replay !== null;
  }

  #query(
    { symbol, rangeMs, interval, intervalMs, binSize, leverage }: Wish,
    endMs: number | null,
  ): Record<string, string> {
    return {
      symbol,
      interval,
      ...(endMs === null
        ? { start_time: '0', limit: String(Math.round(rangeMs / intervalMs)) }
        : { start_time: String(endMs - rangeMs), end_time: String(endMs) }),
      ...(binSize !== null && { price_bin_size: String(binSize) }),
      ...(leverage !== null && { leverage: leverage.join(',') }),
    };
  }

  #live(message: SnapshotMessage): void {
    this.#listener.picture(message);
    if (message.symbol !== this.#wish?.symbol || this.#isPaused || this.#replay !== null) return;
    if (this.#isLoaded) this.#put(message);
    else this.#early = message;
  }

  #put({ data, market_time, seq = 0 }: SnapshotMessage): void {
    const { intervalMs, leverage } = this.#wish!;
    const time = Math.ceil(Date.parse(market_time!) / intervalMs) * intervalMs;
    const price = data.current_price;
    const before = this.#view.columns.at(-1);
    if (before === undefined) return;
    if (this.#view.isFull) {
      void this.reload();
      return;
    }
    const isSame = before.time === time;
    const path = isSame ? before : { open: before.close, high: before.close, low: before.close };
    const column: Column = {
      time,
      seq,
      open: path.open,
      high: Math.max(path.high, price),
      low: Math.min(path.low, price),
      close: price,
      // The socket has no filter: until the interval is over a filtered chart keeps what it had.
      levels: leverage === null ? data.levels : before.levels,
    };
    if (!isSame && time > before.time + intervalMs && this.#replay === null) {
      // Intervals passed without a picture: the server has them.
      void this.reload();
      return;
    }
    this.#view.put(column);
    if (!isSame && this.#replay === null) setTimeout(() => void this.#settle(), settleMs);
  }

  /** The columns that are over, as the server has them. */
  async #settle(): Promise<void> {
    const wish = this.#wish!;
    const { signal } = this.#load;
    try {
      const { columns } = await fetchSeries({ ...this.#query(wish, null), limit: '2' }, signal);
      if (signal.aborted || this.#replay !== null || this.#isPaused) return;
      for (const column of columns) this.#view.put(column);
      this.#listener.turned();
    } catch {
      // The next interval asks again.
    }
  }
}
