/**
 * Clients that come, go, stall and talk nonsense, by a seeded plan, against the real program; each counts what it was sent.
 *
 * A client that leaves first asks for a pong and waits for it, so that everything sent to it has been read and counted.
 */
import { Random } from '../../src/feed/random.ts';
import { FrameClient } from './frame-client.ts';

export interface RowdyOptions {
  readonly port: number;
  readonly clients: number;
  readonly seed: number;
}

const garbage = [
  'not json',
  '{"action":"dance"}',
  '{"action":"subscribe","symbols":["XYZUSDT"]}',
  '[]',
  '{"action":"subscribe"}',
];
const hello = '{"action":"subscribe","symbols":["BTCUSDT","ETHUSDT"],"update_interval":1}';
const pongStart = '{"type":"pong"';

export class RowdyClients {
  readonly #options: RowdyOptions;
  readonly #random: Random;
  readonly #here = new Set<FrameClient>();
  readonly #stalled = new Set<FrameClient>();
  readonly #awaited = new Map<FrameClient, () => void>();
  /** Messages that all clients, past and present, have read. */
  read = 0;
  lost = 0;
  joins = 0;
  leaves = 0;

  constructor(options: RowdyOptions) {
    this.#options = options;
    this.#random = new Random(String(options.seed));
  }

  get present(): number {
    return this.#here.size;
  }

  async join(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.#joinOne()));
  }

  /** One step of the plan: a few of each kind. */
  async step(): Promise<void> {
    const some = () => Math.ceil(this.#options.clients / 50);
    for (let i = 0; i < some(); i++) this.#pick()?.say(garbage[Math.floor(this.#random.uniform() * garbage.length)]!);
    for (const client of this.#stalled) client.resume();
    this.#stalled.clear();
    for (let i = 0; i < some(); i++) {
      const client = this.#pick();
      if (client === undefined) continue;
      client.pause();
      this.#stalled.add(client);
    }
    const leaving = Array.from({ length: some() }, () => this.#pick()).filter((client) => client !== undefined);
    await Promise.all([...new Set(leaving)].map((client) => this.#leaveOne(client)));
    await this.join(this.#options.clients - this.#here.size);
  }

  /** Everyone reads on, unsubscribes and has read all that was sent. */
  async quiet(): Promise<void> {
    for (const client of this.#stalled) client.resume();
    this.#stalled.clear();
    for (const client of this.#here) client.say('{"action":"unsubscribe","symbols":["BTCUSDT","ETHUSDT"]}');
    await Promise.all([...this.#here].map((client) => this.#drained(client)));
  }

  leaveAll(): void {
    for (const client of this.#here) client.destroy();
  }

  #pick(): FrameClient | undefined {
    const free = [...this.#here].filter((client) => !this.#stalled.has(client));
    return free[Math.floor(this.#random.uniform() * free.length)];
  }

  async #joinOne(): Promise<void> {
    const client = new FrameClient({
      host: '127.0.0.1',
      port: this.#options.port,
      hello,
      frame: (from, _, text) => {
        this.read++;
        if (!text.startsWith(pongStart)) return;
        this.#awaited.get(from)?.();
        this.#awaited.delete(from);
      },
      closed: (gone) => {
        if (this.#here.delete(gone)) this.lost++;
        this.#stalled.delete(gone);
        this.#awaited.get(gone)?.();
      },
    });
    await client.opened.promise;
    this.#here.add(client);
    this.joins++;
  }

  async #leaveOne(client: FrameClient): Promise<void> {
    client.say('{"action":"unsubscribe","symbols":["BTCUSDT","ETHUSDT"]}');
    await this.#drained(client);
    this.#here.delete(client);
    this.leaves++;
    client.destroy();
  }

  async #drained(client: FrameClient): Promise<void> {
    const read = new Promise<void>((resolve) => this.#awaited.set(client, resolve));
    client.say('{"action":"ping"}');
    await read;
  }
}
