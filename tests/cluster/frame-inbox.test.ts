import { describe, expect, it } from 'vitest';
import { FrameInbox } from '../../src/cluster/frame-inbox.ts';

describe('the inbox of travelling pictures', () => {
  it('hands on what comes close together in one turn, each to whom it is for, in order', async () => {
    const inbox = new FrameInbox();
    const turns: string[][] = [];
    let turn: string[] = [];
    const done = Promise.withResolvers<void>();
    const taker = (name: string) => ({
      receive: (bytes: Buffer) => {
        if (turn.push(`${name} ${bytes}`) > 1) return;
        queueMicrotask(() => {
          turns.push(turn);
          turn = [];
          done.resolve();
        });
      },
    });
    const [a, b] = [taker('a'), taker('b')];
    inbox.take(a, Buffer.from('1'));
    inbox.take(b, Buffer.from('2'));
    inbox.take(a, Buffer.from('3'));
    await done.promise;
    expect(turns).toEqual([['a 1', 'b 2', 'a 3']]);
  });

  it('hands on at once what would be too much to gather', () => {
    const inbox = new FrameInbox();
    let received = 0;
    for (let i = 0; i < 256; i++) inbox.take({ receive: () => received++ }, Buffer.alloc(0));
    expect(received).toBe(256);
  });
});
