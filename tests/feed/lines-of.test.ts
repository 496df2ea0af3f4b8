import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf } from '../../src/feed/lines-of.ts';

const longest = 100;

async function read(pieces: readonly string[]): Promise<{ lines: string[]; taken: number }> {
  let taken = 0;
  async function* source() {
    for (const piece of pieces) {
      taken++;
      yield piece;
    }
  }
  const lines: string[] = [];
  for await (const line of linesOf(source(), longest)) lines.push(line);
  return { lines, taken };
}

describe('the lines of a text', () => {
  it('are the same however the text is cut into pieces', async () => {
    const piece = fc.string({ unit: fc.constantFrom('a', ',', '\r', '\n'), maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 10 }), async (pieces) => {
        const whole = pieces.join('').split('\n');
        if (whole.at(-1) === '') whole.pop();
        expect((await read(pieces)).lines).toEqual(whole);
      }),
    );
  });

  it('that do not end are given up, and no more of the text is taken', async () => {
    const endless = 'x'.repeat(60);
    const { lines, taken } = await read(['short\n', endless, endless, endless, endless]);
    expect(lines).toEqual(['short', endless + endless]);
    expect(taken).toBe(3);
  });
});
