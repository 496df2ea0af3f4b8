/** From the node that writes a symbol to one that shows it, over a real Redis. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SymbolFrame } from '../../src/actors/symbol-frame.ts';
import { FrameFollower } from '../../src/cluster/frame-follower.ts';
import { FramePublisher, frameChannel } from '../../src/cluster/frame-publisher.ts';
import type { RedisClient } from '../../src/log/redis-client.ts';
import { redisKeys } from '../../src/log/redis-keys.ts';
import { FrameChannel } from '../../src/streams/frame-channel.ts';
import { bookFrames } from '../support/book-frames.ts';
import { isRedisThere, RedisServer } from '../support/redis-server.ts';

const health = { epoch: 'e', seq: 1, market_time: null, current_price: null, observed_share: null, level_step: null };
const symbol = 'BTCUSDT';
const frames = bookFrames(10);
let prefixes = 0;

/** A node that shows what another writes. */
class Gateway {
  readonly channel = new FrameChannel<SymbolFrame>(1, {}, 64);
  readonly shown: SymbolFrame[] = [];
  readonly told: string[] = [];
  readonly follower: FrameFollower;
  now = 0;
  #wakers: (() => void)[] = [];

  constructor(client: RedisClient, prefix: string) {
    this.channel.every(1).subscribe((frame) => this.shown.push(frame));
    this.follower = new FrameFollower({
      client,
      symbol,
      frames: redisKeys(prefix).ofStream('s').frames,
      channel: this.channel,
      wallClock: () => this.now,
      staleAfterMs: 1000,
      observer: {
        heard: (_, header) => this.#tell(`heard ${header.tick}`),
        repaired: (_, found) => this.#tell(`repaired ${found}`),
        stale: (_, isStale) => this.#tell(isStale ? 'stale' : 'fresh'),
        failed: (_, error) => this.#tell(`failed ${error}`),
      },
    });
  }

  async until(what: string): Promise<void> {
    while (!this.told.includes(what)) await new Promise<void>((resolve) => this.#wakers.push(resolve));
  }

  #tell(what: string): void {
    this.told.push(what);
    for (const wake of this.#wakers.splice(0)) wake();
  }
}

describe.skipIf(!isRedisThere)('pictures that another node writes', () => {
  let redis: RedisServer;
  let client: RedisClient;
  let subscriber: RedisClient;
  let prefix: string;
  let gateway: Gateway;
  let publisher: FramePublisher;
  let isListening = true;
  const published: number[] = [];

  const publish = (number: number) => publisher.publish(symbol, 's', number, frames[number]);
  /** Resolves when Redis has it. */
  const stored = async (number: number) => {
    publish(number);
    while (!published.includes(number)) await client.call('PING');
  };

  beforeAll(async () => {
    redis = await RedisServer.started();
    client = await redis.connected();
  });
  afterAll(async () => {
    client.disconnect();
    await redis.dispose();
  });
  beforeEach(async () => {
    prefix = `test-${++prefixes}`;
    published.length = 0;
    let count = 0;
    publisher = new FramePublisher({
      client,
      prefix,
      node: 'writer',
      recentPictures: 5,
      describe: () => ({ health, assumptions: [] }),
      published: () => published.push(count++),
      failed: (_, error) => {
        throw error;
      },
    });
    gateway = new Gateway(client, prefix);
    subscriber = await redis.connected();
    isListening = true;
    subscriber.on('smessageBuffer', (_: Buffer, message: Buffer) => {
      if (isListening) gateway.follower.receive(message);
    });
    await subscriber.ssubscribe(frameChannel(prefix, symbol));
  });
  afterEach(() => subscriber.disconnect());

  it('are shown as they come, the same bytes', async () => {
    gateway.follower.begin();
    for (const number of [0, 1, 2]) publish(number);
    await gateway.until('heard 2');
    expect(gateway.shown.map(({ bytes }) => bytes)).toEqual(frames.slice(0, 3).map(({ bytes }) => bytes));
  });

  it('are there at once for a node that comes later, those before them too', async () => {
    for (const number of [0, 1, 2]) await stored(number);
    gateway.follower.begin();
    await gateway.until('heard 2');
    expect(gateway.channel.latest!.bytes).toEqual(frames[2]!.bytes);
    expect(gateway.channel.recent.at(frames[1]!.seq)!.bytes).toEqual(frames[1]!.bytes);
  });

  it('are found again when some were missed', async () => {
    gateway.follower.begin();
    await stored(0);
    await gateway.until('heard 0');
    isListening = false;
    for (const number of [1, 2]) await stored(number);
    isListening = true;
    publish(3);
    await gateway.until('repaired 3');
    expect(gateway.shown.map(({ seq }) => seq)).toEqual(frames.slice(0, 4).map(({ seq }) => seq));
  });

  it('go on marked stale in a silence, and are well with the next sign of life', async () => {
    gateway.follower.begin();
    publish(0);
    await gateway.until('heard 0');
    gateway.now = 999;
    gateway.follower.check();
    expect(gateway.told).not.toContain('stale');
    gateway.now = 1000;
    gateway.follower.check();
    const stale = JSON.parse(
      Buffer.from(gateway.shown.at(-1)!.bytes)
        .toString()
        .replace(/^[^{]*/, ''),
    );
    expect(stale).toMatchObject({ stale: true, seq: frames[0]!.seq, checksum: frames[0]!.picture.checksum });
    publisher.publish(symbol, 's', 1, undefined);
    await gateway.until('fresh');
    expect(gateway.channel.latest!.bytes).toEqual(frames[0]!.bytes);
  });

  it('that are older than what is shown are passed over: a writer may have slept', async () => {
    gateway.follower.begin();
    publish(3);
    await gateway.until('heard 3');
    publish(1);
    publish(4);
    await gateway.until('heard 4');
    expect(gateway.shown.map(({ seq }) => seq)).toEqual([frames[3]!.seq, frames[4]!.seq]);
  });

  it('are told of when they are no pictures, and change nothing', async () => {
    gateway.follower.begin();
    publish(0);
    await gateway.until('heard 0');
    gateway.follower.receive(Buffer.from('something else entirely'));
    expect(gateway.told.at(-1)).toMatch(/^failed /);
    publish(1);
    await gateway.until('heard 1');
  });

  it('are no concern of a node that writes itself', async () => {
    gateway.follower.begin();
    publish(0);
    await gateway.until('heard 0');
    gateway.follower.end();
    await stored(1);
    gateway.follower.receive(Buffer.from('whatever'));
    expect(gateway.shown).toHaveLength(1);
  });

  it('are flat JSON on the channel that anybody may listen to', async () => {
    const heard = new Promise<string>((resolve) => {
      subscriber.on('smessageBuffer', (channel: Buffer, message: Buffer) => {
        if (channel.toString() === `${prefix}:${symbol}`) resolve(message.toString());
      });
    });
    await subscriber.ssubscribe(`${prefix}:${symbol}`);
    publish(5);
    expect(JSON.parse(await heard)).toMatchObject({ type: 'snapshot', symbol, seq: frames[5]!.seq });
  });
});
