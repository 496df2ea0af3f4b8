import { describe, expect, it } from 'vitest';
import { TapStream } from '../../../src/server/admin/tap-stream.ts';

const textOf = (result: IteratorResult<Uint8Array>) => (result.done ? null : Buffer.from(result.value).toString());

describe('the lines of a tap', () => {
  it('come in their order, and end when the connection does', async () => {
    let left = 0;
    const stream = new TapStream(100, 60_000, () => left++);
    const reader = stream[Symbol.asyncIterator]();
    expect(textOf(await reader.next())).toBe('\n');
    const first = reader.next();
    stream.push('a\n');
    expect(textOf(await first)).toBe('a\n');
    stream.push('b\n');
    stream.push('c\n');
    stream.end();
    expect(textOf(await reader.next())).toBe('b\nc\n');
    expect(textOf(await reader.next())).toBeNull();
    expect(left).toBe(1);
  });

  it('that nobody takes are held up to the limit; the others are dropped and counted', async () => {
    const stream = new TapStream(10, 60_000, () => {});
    const reader = stream[Symbol.asyncIterator]();
    expect(textOf(await reader.next())).toBe('\n');
    for (let i = 0; i < 100; i++) stream.push('12345\n');
    expect(textOf(await reader.next())).toBe('12345\n{"dropped":99}\n');
    stream.push('12345\n');
    expect(textOf(await reader.next())).toBe('12345\n');
  });

  it('are an empty one now and then, so that a reader who has gone is noticed', async () => {
    let left = 0;
    const stream = new TapStream(10, 5, () => left++);
    const reader = stream[Symbol.asyncIterator]();
    expect(textOf(await reader.next())).toBe('\n');
    expect(textOf(await reader.next())).toBe('\n');
    await reader.return(undefined);
    expect(left).toBe(1);
    stream.push('x\n');
    expect(textOf(await reader.next())).toBeNull();
  });
});
