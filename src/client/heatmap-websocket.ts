/**
 * The client library: whole, verified pictures of the symbols that one asks for, through whatever happens to the connection.
 *
 * `onSnapshot` always gets a whole snapshot. Underneath, deltas are asked for, checked and put together, a connection that was lost is
 * resumed where it was, and from the third failure on the newest picture is also polled over HTTP until the socket is back.
 */
import { Bearer } from './bearer.ts';
import type { HeatmapWebSocketOptions, Status } from './heatmap-options.ts';
import { Keepalive } from './keepalive.ts';
import type {
  Channel,
  DeltaMessage,
  LiquidationsMessage,
  ScoreMessage,
  ServerMessage,
  SnapshotMessage,
  WarningMessage,
} from './messages.ts';
import { PicturePolling } from './picture-polling.ts';
import { Subscriptions } from './subscriptions.ts';

export type { HeatmapWebSocketOptions, Status } from './heatmap-options.ts';
export type * from './messages.ts';

/** Failures from which on it also polls. */
const pollAfterFailures = 3;
/** The server will not have this client: asking again unchanged is of no use, but with a new credential it is. */
const finalCloseCodes = [4401, 4403];
const mostDamages = 3;

export class HeatmapWebSocket {
  readonly #url: string;
  readonly #options: HeatmapWebSocketOptions;
  readonly #bearer: Bearer;
  readonly #subscriptions = new Subscriptions();
  readonly #keepalive = new Keepalive(
    () => this.send({ action: 'ping' }),
    () => this.#lose(),
  );
  readonly #polling: PicturePolling;
  #socket: WebSocket | null = null;
  #status: Status = 'disconnected';
  #failures = 0;
  /** Damaged pictures in a row. */
  #damages = 0;
  #reconnectTimer: ReturnType<typeof setTimeout> | undefined;
  /** Set by a goaway: when to come back, without that being a failure. */
  #comeBackMs: number | null = null;

  /** @param url such as ws://localhost:8000/ws/heatmap */
  constructor(url: string, options: HeatmapWebSocketOptions = {}) {
    this.#url = url;
    this.#options = options;
    this.#bearer = new Bearer(options.token);
    this.#polling = new PicturePolling(url, {
      symbols: () => this.#subscriptions.symbols.filter((symbol) => this.#subscriptions.wantsPictures(symbol)),
      token: () => this.#bearer.current,
      take: (message) => this.#polled(message),
    });
  }

  get status(): Status {
    return this.#status;
  }

  connect(): void {
    if (this.#socket !== null) return;
    clearTimeout(this.#reconnectTimer);
    if (this.#status === 'failed') this.#failures = 0;
    this.#open();
  }

  /** Never reconnects, and nothing is left running. */
  disconnect(): void {
    this.stopKeepalive();
    this.#polling.stop();
    clearTimeout(this.#reconnectTimer);
    this.#bearer.cancel();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
    this.#become('disconnected');
  }

  /** @param options channels: in place of those before; pictures alone unless given. */
  subscribe(symbols: readonly string[], { channels }: { channels?: readonly Channel[] } = {}): void {
    this.#ask(this.#subscriptions.add(symbols, channels));
  }

  unsubscribe(symbols: readonly string[]): void {
    const known = this.#subscriptions.remove(symbols);
    if (known.length > 0) this.send({ action: 'unsubscribe', symbols: known });
  }

  /** @returns false when there is no open connection to send it on. */
  send(message: object): boolean {
    const socket = this.#socket;
    if (socket === null || socket.readyState !== socket.OPEN) return false;
    socket.send(JSON.stringify(message));
    return true;
  }

  /** Asks for a sign of life every 30 s. A connection on which nothing came since the last time is given up. */
  startKeepalive(): void {
    this.#keepalive.start();
  }

  stopKeepalive(): void {
    this.#keepalive.stop();
  }

  #open(): void {
    this.#become('connecting');
    this.#bearer.ask(
      () => this.#dial(),
      (error) => {
        this.#report(error);
        this.#comeBack();
      },
    );
  }

  #dial(): void {
    let socket: WebSocket;
    try {
      socket = this.#bearer.dial(this.#url);
    } catch (error) {
      // An address that is none: no use in trying again.
      this.#fail(error as Error);
      return;
    }
    this.#socket = socket;
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      this.#become('connected');
      this.#ask(this.#subscriptions.symbols);
    };
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket) this.#receive(data);
    };
    socket.onclose = ({ code, reason }) => {
      if (socket !== this.#socket) return;
      this.#socket = null;
      const isFinal = finalCloseCodes.includes(code) && !(code === 4401 && this.#bearer.isRenewable);
      if (isFinal) this.#fail(Object.assign(new Error(reason), { code: String(code) }));
      else this.#comeBack();
    };
    socket.onerror = () => {};
  }

  #receive(data: unknown): void {
    this.#keepalive.heard();
    let message: { type?: unknown };
    try {
      message = JSON.parse(String(data));
      if (message === null || typeof message !== 'object') throw new Error('not an object');
      this.#handle(message as SnapshotMessage);
    } catch (cause) {
      this.#report(new Error(`a message of the server was not understood: ${(cause as Error).message}`, { cause }));
    }
  }

  #handle(message: ServerMessage): void {
    switch (message.type) {
      case 'snapshot':
      case 'delta':
        this.#show(message as SnapshotMessage | DeltaMessage);
        return;
      case 'liquidations':
        this.#tell(message as LiquidationsMessage);
        return;
      case 'score':
        this.#flow();
        this.#call(this.#options.onScore, message as ScoreMessage);
        return;
      case 'warning':
        if ((message as WarningMessage).code === 'SLOW_CONSUMER') this.#become('slow');
        if ((message as WarningMessage).code === 'CREDENTIAL_EXPIRES' && this.#bearer.isRenewable) this.#authenticate();
        this.#call(this.#options.onWarning, message as WarningMessage);
        return;
      case 'error': {
        const { code, message: text } = message as unknown as { code: string; message: string };
        this.#report(Object.assign(new Error(text), { code }));
        return;
      }
      case 'goaway':
        this.#comeBackMs = Number((message as { reconnect_after_ms?: unknown }).reconnect_after_ms) || 0;
        return;
      default:
    }
  }

  /** A refusal comes as an `onError`, and the credential before counts until it expires. */
  #authenticate(): void {
    this.#bearer.ask(
      () => this.send({ action: 'authenticate', token: this.#bearer.current }),
      (error) => this.#report(error),
    );
  }

  #show(message: SnapshotMessage | DeltaMessage): void {
    const { symbol } = message;
    const picture = this.#subscriptions.get(symbol)?.picture;
    // One that was unsubscribed while it was on its way.
    if (picture === undefined) return;
    const taken = picture.take(message);
    if (taken === 'old') return;
    if (typeof taken === 'string') {
      picture.forget();
      if (taken === 'damaged') {
        this.#report(new Error(`a picture of ${symbol} was damaged, and is asked for again`));
        // A link that damages one after the other is no better for being asked at once.
        if (++this.#damages >= mostDamages) {
          this.#lose();
          return;
        }
      }
      this.#ask([symbol]);
      return;
    }
    this.#damages = 0;
    this.#flow();
    this.#call(this.#options.onSnapshot, taken);
  }

  #tell(message: LiquidationsMessage): void {
    const subscription = this.#subscriptions.get(message.symbol);
    if (subscription === undefined) return;
    const news = subscription.liquidations.take(message);
    this.#flow();
    if (news !== null) this.#call(this.#options.onLiquidations, news);
  }

  #flow(): void {
    this.#failures = 0;
    this.#polling.stop();
    if (this.#status !== 'connected') this.#become('connected');
  }

  #ask(symbols: readonly string[]): void {
    for (const message of this.#subscriptions.messagesFor(symbols, this.#options.updateInterval)) this.send(message);
  }

  /** The connection does not answer. Its own close may take for ever. */
  #lose(): void {
    const socket = this.#socket;
    if (socket === null) return;
    this.#socket = null;
    this.#damages = 0;
    socket.close();
    this.#comeBack();
  }

  #comeBack(): void {
    this.#become('disconnected');
    const { reconnectDelay = 2000, maxReconnectAttempts = 5 } = this.#options;
    let delay = this.#comeBackMs;
    this.#comeBackMs = null;
    if (delay === null) {
      if (++this.#failures >= pollAfterFailures) this.#polling.start();
      if (this.#failures > maxReconnectAttempts) {
        this.#become('failed');
        return;
      }
      delay = reconnectDelay * 2 ** (this.#failures - 1) * (0.8 + 0.4 * Math.random());
    }
    this.#reconnectTimer = setTimeout(() => this.#open(), delay);
  }

  #fail(error: Error & { code?: string }): void {
    this.#become('failed');
    this.#report(error);
  }

  #polled(message: SnapshotMessage): void {
    const taken = this.#subscriptions.get(message.symbol)?.picture.take(message);
    if (taken !== undefined && typeof taken !== 'string') this.#call(this.#options.onSnapshot, taken);
  }

  #become(status: Status): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#call(this.#options.onStatusChange, status);
  }

  #report(error: Error & { code?: string }): void {
    this.#call(this.#options.onError, error);
  }

  /** An error in the page's own code is the page's, and does not pass for one of the server. */
  #call<A>(callback: ((argument: A) => void) | undefined, argument: A): void {
    try {
      callback?.(argument);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
