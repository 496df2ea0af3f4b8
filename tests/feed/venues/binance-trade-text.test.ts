import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../src/feed/venues/binance-decoder.ts';
import { readAggregateTrade } from '../../../src/feed/venues/binance-trade-text.ts';

const fields = fc.record({
  e: fc.constantFrom('aggTrade', 'aggTrade', 'aggTrade', 'trade', ''),
  E: fc.nat(),
  a: fc.oneof(fc.nat(), fc.constantFrom(-1, 1.5, 1e15, 2 ** 53, '7', null)),
  s: fc.oneof(fc.constantFrom('BTCUSDT', 'ETHUSDT'), fc.string(), fc.constant(5)),
  p: fc.constantFrom('65000.10', '0.00000001', '0', '-1', '1e5', '', '65000.1234567890123456', 'x', 65_000),
  q: fc.constantFrom('0.001', '12', '0', '00.5', '.5', '5.', '1 ', 3),
  nq: fc.constantFrom('0.001', 'any "thing"', 'tab\t', 5, null, true, { deep: 1 }, [1]),
  f: fc.nat(),
  l: fc.nat(),
  T: fc.oneof(fc.nat(), fc.constantFrom(1_780_000_000_000, -5, 'now', null)),
  m: fc.oneof(fc.boolean(), fc.constantFrom('true', 1, null)),
});

/** Some fields, in any order. */
const payloads = fields.chain((all) =>
  fc
    .shuffledSubarray(Object.entries(all), { minLength: 8 })
    .map((entries) => JSON.stringify(Object.fromEntries(entries))),
);
const sound =
  '{"e":"aggTrade","E":1780000000000,"a":26129,"s":"BTCUSDT","p":"65000.10","q":"0.001","f":100,"l":105,"T":1780000000001,"m":true}';
const frames = fc
  .tuple(fc.constantFrom('btcusdt@aggTrade', 'btcusdt@trade', 'b"x@aggTrade'), fc.oneof(payloads, fc.constant(sound)))
  .map(([stream, payload]) => `{"stream":${JSON.stringify(stream)},"data":${payload}}`);

/** One place of the text is another character, doubled or gone. */
const damaged = fc
  .tuple(frames, fc.nat(), fc.constantFrom('', '"', '\\', '0', ',', '}', ' ', '\u0001', 'a', ':', '"m":true,'))
  .map(([text, place, put]) => {
    const at = place % text.length;
    return text.slice(0, at) + put + text.slice(at + 1);
  });

function expectSame(text: string): void {
  const read = readAggregateTrade(text);
  if (read !== null) expect(decodeText(text)).toEqual({ outcome: 'market', observations: [read], errors: [] });
}

describe('an aggregate trade read out of its text', () => {
  it('is what parsing finds in it, or is left to that', () => {
    fc.assert(fc.property(frames, expectSame), { numRuns: 5000 });
    fc.assert(fc.property(damaged, expectSame), { numRuns: 20_000 });
  });

  it('is read in the form that the venue sends, whatever it adds', () => {
    const expected = {
      symbol: 'BTCUSDT',
      observation: { kind: 'trade', time: 1780000000001, id: 26129, price: 65000.1, quantity: 0.001, taker: 'sell' },
    };
    expect(readAggregateTrade(`{"stream":"btcusdt@aggTrade","data":${sound}}`)).toEqual(expected);
    const more = sound.replace('"f":100', '"nq":"0.001","X":"new","f":100');
    expect(readAggregateTrade(`{"stream":"btcusdt@aggTrade","data":${more}}`)).toEqual(expected);
  });

  it.each([
    ['a key twice', sound.replace('"f":100', '"p":"1"')],
    ['a number as price', sound.replace('"65000.10"', '65000')],
    ['a text cut short', sound.slice(0, -1)],
    ['more behind it', `${sound}}`],
  ])('is not read with %s', (_, payload) => {
    expect(readAggregateTrade(`{"stream":"btcusdt@aggTrade","data":${payload}}`)).toBeNull();
  });
});
