/**
 * The lines of a text that comes in pieces. At most one line and one piece are held: a line that has grown longer than `longest`
 * characters is given out as far as it is known and is the last, so whoever reads can refuse it.
 */
export async function* linesOf(pieces: AsyncIterable<string>, longest: number): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop()!;
    yield* lines;
    if (rest.length > longest) break;
  }
  if (rest !== '') yield rest;
}
