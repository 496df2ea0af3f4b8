import { describe, expect, it } from 'vitest';
import { FuzzServer } from '../../torture/fuzz/fuzz-server.ts';
import { mutatedBytes, mutatedText } from '../../torture/fuzz/mutate.ts';
import { socketExchange } from '../../torture/fuzz/socket-exchange.ts';
import { run } from '../../torture/fuzz.ts';
import { Dice } from '../simulation/dice.ts';

const runs = 3000;

describe('the fuzzing', () => {
  it('finds nothing in a short run, tries every class of inputs, and of each what is taken and what is refused', async () => {
    const summary = await run({ runs, seed: 1, progress: () => {} });
    const lines = summary.split('\n').slice(1);
    expect(lines.map((line) => line.trim().split(' ')[0])).toEqual([
      'batch',
      'candles',
      'checkpoint',
      'event_csv',
      'event_parquet',
      'frames',
      'http',
      'message',
      'query',
      'route',
    ]);
    for (const line of lines) expect(line).toMatch(/, /);
    const counts = lines.map((line) => Number(/^ {2}\w+ (\d+):/.exec(line)![1]));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(runs);
  }, 60_000);

  it('makes the same input of the same seed', () => {
    const text = (seed: number) => mutatedText('{"action":"ping"}', ['other'], new Dice(`${seed}`));
    const bytes = (seed: number) => mutatedBytes(Buffer.from('abcdef'), [Buffer.from('xyz')], new Dice(`${seed}`));
    expect(text(3)).toBe(text(3));
    expect(bytes(3)).toEqual(bytes(3));
    const all = Array.from({ length: 100 }, (_, seed) => text(seed));
    expect(new Set(all).size).toBeGreaterThan(50);
  });

  it('sees the end of a connection, and that none is left behind', async () => {
    const server = await FuzzServer.started();
    const answer = await socketExchange(server.port, [Buffer.from('GET /health HTTP/1.1\r\nHost: x\r\n\r\n')]);
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
    expect(await server.activeConnections()).toBe(0);
    await server.stop();
  });
});
