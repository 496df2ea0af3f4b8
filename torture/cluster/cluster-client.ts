/** A client in delta mode that comes back to any server, resumes, and tells the ledger of all that it was shown. */
import { WebSocket } from 'ws';
import type { DeltaMessage, SnapshotMessage } from '../../src/protocol/server-message.ts';
import { DeltaClient } from '../../tests/support/delta-client.ts';
import { ChainClient, type PictureHead, pictureHead } from './chain-client.ts';
import type { ClusterLedger } from './cluster-ledger.ts';

const comeBackMs = 300;

export class ClusterClient {
  readonly #url: string;
  readonly #symbols: readonly string[];
  readonly #ledger: ClusterLedger;
  readonly #held = new Map<string, DeltaClient | ChainClient>();
  /** Asked to resume, and not answered yet. */
  readonly #resuming = new Set<string>();
  #socket: WebSocket | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #goawayMs: number | null = null;
  #heardAt = 0;
  /** Between two pictures of any symbol, ms. */
  longestSilenceMs = 0;
  reconnections = 0;
  resumed = 0;
  /** Snapshots in answer to a wish to resume. */
  wholeAgain = 0;

  /** @param isWhole it puts pictures together and compares their checksums; otherwise it follows their names. */
  constructor(url: string, symbols: readonly string[], ledger: ClusterLedger, isWhole: boolean) {
    this.#url = url;
    this.#symbols = symbols;
    this.#ledger = ledger;
    for (const symbol of symbols) this.#held.set(symbol, isWhole ? new DeltaClient() : new ChainClient());
    this.#connect();
  }

  /** Whether it has what the ledger has heard of, or something newer. */
  hasAll(): boolean {
    return this.#symbols.every((symbol) => {
      const newest = this.#ledger.newest(symbol);
      const picture = this.#held.get(symbol)!.picture;
      return newest !== undefined && picture?.epoch === newest.epoch && picture.seq >= newest.seq;
    });
  }

  hasPicture(): boolean {
    return this.#symbols.every((symbol) => this.#held.get(symbol)!.picture !== null);
  }

  /** For people who look for what went wrong. */
  state(): string {
    const held = [...this.#held].map(([symbol, { picture }]) => `${symbol} ${picture?.epoch} ${picture?.seq}`);
    return `${this.#socket?.readyState === WebSocket.OPEN ? 'is connected' : 'is not connected'} and holds ${held.join(', ')}`;
  }

  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#socket?.terminate();
  }

  #connect(): void {
    const socket = new WebSocket(this.#url, { handshakeTimeout: 5000 });
    this.#socket = socket;
    socket.on('open', () => this.#subscribe());
    socket.on('message', (data) => this.#receive(data.toString()));
    socket.on('error', () => {});
    socket.once('close', () => {
      if (this.#isOver) return;
      this.reconnections++;
      this.#timer = setTimeout(() => this.#connect(), this.#goawayMs ?? comeBackMs * (0.5 + Math.random()));
      this.#goawayMs = null;
    });
  }

  #subscribe(): void {
    const held = this.#symbols.flatMap((symbol) => {
      const picture = this.#held.get(symbol)!.picture;
      return picture === null ? [] : [[symbol, { epoch: picture.epoch, seq: picture.seq }] as const];
    });
    for (const [symbol] of held) this.#resuming.add(symbol);
    this.#send({ action: 'subscribe', symbols: this.#symbols, mode: 'delta', resume: Object.fromEntries(held) });
  }

  #send(message: object): void {
    this.#socket!.send(JSON.stringify(message));
  }

  #receive(text: string): void {
    if (text.startsWith('{"type":"goaway"')) this.#goawayMs = JSON.parse(text).reconnect_after_ms;
    const picture = pictureHead(text);
    if (picture !== null) this.#take(picture, text);
  }

  #take(message: PictureHead, text: string): void {
    const { symbol, epoch, seq, checksum, type, timestamp } = message;
    const client = this.#held.get(symbol)!;
    const before = client.picture;
    const isResuming = this.#resuming.delete(symbol);
    if (isResuming && type === 'snapshot') this.wholeAgain++;
    if (isResuming && type === 'delta') this.resumed++;
    const isSame = before !== null && before.epoch === epoch && before.seq === seq;
    const outcome =
      client instanceof DeltaClient
        ? client.take(JSON.parse(text) as SnapshotMessage | DeltaMessage)
        : client.take(message);
    if (outcome === 'repair') {
      this.#ledger.problems.push(
        `${symbol}: a ${type} of ${epoch} ${seq} does not follow ${before?.epoch} ${before?.seq}`,
      );
      return;
    }
    if (outcome === 'old') {
      this.#ledger.problems.push(`${symbol}: after ${before!.seq} came ${seq} of the same epoch`);
      return;
    }
    if (isSame && type === 'delta') this.#ledger.problems.push(`${symbol}: ${epoch} ${seq} came twice`);
    const now = performance.now();
    if (this.#heardAt > 0) this.longestSilenceMs = Math.max(this.longestSilenceMs, now - this.#heardAt);
    this.#heardAt = now;
    this.#ledger.note({ symbol, epoch, seq, checksum, madeAt: Date.parse(timestamp) });
  }
}
