import { describe, expect, it } from 'vitest';
import { ClientFrames } from '../../src/streams/client-frames.ts';
import { FrameChannel, type FrameForm } from '../../src/streams/frame-channel.ts';

interface Frame {
  readonly name: string;
  readonly seq: number;
}

/** A client with its channels; frames are written as their symbol in a letter and a number. */
function stage(form: FrameForm = 'plain') {
  const channels = new Map(['A', 'B'].map((symbol) => [symbol, new FrameChannel<Frame>(1)]));
  const seen: string[] = [];
  const dropped: string[] = [];
  const client = { room: Number.POSITIVE_INFINITY };
  const options = {
    channelOf: (symbol: string) => channels.get(symbol)!,
    keyOf: ({ name }: Frame) => name[0]!,
    capacity: 5,
  };
  const frames = new ClientFrames<Frame>(form, options, {
    takeRoom: () => client.room > 0 && client.room-- > 0,
    give: ({ name }) => seen.push(name),
    waits() {},
    dropped: ({ name }) => dropped.push(name),
  });
  let tick = 0;
  const publish = (...names: string[]) => {
    for (const name of names) {
      tick++;
      for (const [symbol, channel] of channels)
        channel.settle(tick, name[0] === symbol ? { name, seq: tick } : undefined);
    }
  };
  const subscribers = () => [...channels.values()].map((channel) => channel.subscribers);
  return { channels, frames, seen, dropped, client, publish, subscribers };
}

describe('a client’s frames', () => {
  it('follow its wishes: merged over symbols, replaced by a new wish, ended by an unsubscription', () => {
    const { frames, seen, publish } = stage();
    frames.subscribe('A', 1);
    frames.subscribe('B', 1);
    publish('A1', 'B1', 'A2');
    frames.subscribe('A', 1);
    publish('B2');
    frames.unsubscribe('B');
    publish('A3', 'B3');
    expect(seen).toEqual(['A1', 'B1', 'A2', 'A2', 'B2', 'A3']);
  });

  it('wait for room, the newest of each symbol, and are forgotten with the wish', () => {
    const { frames, seen, dropped, client, publish } = stage();
    client.room = 1;
    frames.subscribe('A', 1);
    frames.subscribe('B', 1);
    publish('A1', 'A2', 'B1', 'A3');
    expect([seen, dropped]).toEqual([['A1'], ['A2']]);
    frames.unsubscribe('B');
    client.room = 2;
    frames.release();
    expect([seen, dropped]).toEqual([['A1', 'A3'], ['A2']]);
  });

  it('leave nothing behind when it ends, not even what waits', () => {
    const { frames, seen, client, publish, subscribers } = stage();
    client.room = 0;
    frames.subscribe('A', 1);
    frames.subscribe('B', 5);
    publish('A1');
    frames.end();
    expect(subscribers()).toEqual([0, 0]);
    client.room = 1;
    frames.release();
    expect(seen).toEqual([]);
  });

  it('leave nothing behind when it ends while it is given the frame a wish begins with', () => {
    const { channels, subscribers } = stage();
    channels.get('A')!.settle(1, { seq: 0, name: 'A1' });
    const options = { channelOf: () => channels.get('A')!, keyOf: ({ name }: Frame) => name, capacity: 5 };
    const frames: ClientFrames<Frame> = new ClientFrames<Frame>('plain', options, {
      takeRoom: () => true,
      give: () => frames.end(),
      waits() {},
      dropped() {},
    });
    frames.subscribe('A', 1);
    expect(subscribers()).toEqual([0, 0]);
  });

  it('tell the channel in which form they are taken', () => {
    const { frames, channels } = stage('deflated');
    const channel = channels.get('A')!;
    frames.subscribe('A', 1);
    expect([channel.subscribers, channel.wants('deflated'), channel.wants('plain')]).toEqual([1, true, false]);
    frames.unsubscribe('A');
    expect(channel.wants('deflated')).toBe(false);
  });
});
