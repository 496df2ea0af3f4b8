import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClientMessage } from '../../src/protocol/client-message.ts';
import { errorSchema } from '../../src/protocol/server-message.ts';

const parse = (message: unknown) => parseClientMessage(JSON.stringify(message));
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
/** Longest answer to any message. */
const largestErrorCharacters = 300;

function errorOf(text: string) {
  const parsed = parseClientMessage(text);
  if (parsed.ok) throw new Error(`expected a refusal of ${text.slice(0, 100)}`);
  return parsed.error;
}

describe('a message of the quickstart', () => {
  it.each([
    { action: 'subscribe', symbols: ['BTCUSDT'] },
    { action: 'subscribe', symbols: ['BTCUSDT', 'ETHUSDT'] },
    { action: 'unsubscribe', symbols: ['ETHUSDT'] },
    { action: 'ping' },
  ])('is understood: %j', (message) => {
    expect(parse(message)).toEqual({ ok: true, message });
  });
});

describe('a subscribe', () => {
  const subscribe = { action: 'subscribe', symbols: ['BTCUSDT'] };

  it.each([
    [0.2, 1],
    [0, 1],
    [-5, 1],
    [1, 1],
    [2.5, 2.5],
    [60, 60],
    [61, 60],
    [1e300, 60],
  ])('has its update_interval of %d s clamped to %d', (given, taken) => {
    expect(parse({ ...subscribe, update_interval: given })).toEqual({
      ok: true,
      message: { ...subscribe, update_interval: taken },
    });
  });

  it('takes the modes that are offered and an id of either kind', () => {
    for (const id of ['a', '', 'x'.repeat(64), 0, -1.5]) {
      const message = { ...subscribe, mode: 'snapshot', id };
      expect(parse(message)).toEqual({ ok: true, message });
    }
  });

  it('counts a symbol that it names twice once', () => {
    expect(parse({ action: 'subscribe', symbols: ['B', 'A', 'B', 'A'] })).toEqual({
      ok: true,
      message: { action: 'subscribe', symbols: ['B', 'A'] },
    });
  });

  it('may name symbols that nobody offers: that is not for the parser to say', () => {
    for (const symbol of ['__proto__', 'constructor', 'btcusdt', '']) {
      expect(parse({ action: 'subscribe', symbols: [symbol] })).toEqual({
        ok: true,
        message: { action: 'subscribe', symbols: [symbol] },
      });
    }
  });

  it('may have fields that mean nothing here', () => {
    expect(parse({ ...subscribe, colour: 'red', __proto__x: 1 })).toEqual({ ok: true, message: subscribe });
    expect(parseClientMessage('{"action":"subscribe","symbols":["A"],"__proto__":{"id":7}}')).toEqual({
      ok: true,
      message: { action: 'subscribe', symbols: ['A'] },
    });
  });
});

describe('an unsubscribe', () => {
  it('may name more symbols than a subscribe, but not without end', () => {
    const symbols = Array.from({ length: 100 }, (_, i) => `S${i}`);
    expect(parse({ action: 'unsubscribe', symbols }).ok).toBe(true);
    expect(errorOf(JSON.stringify({ action: 'unsubscribe', symbols: [...symbols, 'S100'] })).message).toBe(
      "Field 'symbols' of unsubscribe must be an array of 1 to 100 strings.",
    );
  });
});

describe('a replay', () => {
  const replay = { action: 'replay', symbol: 'A', from: '2025-06-13T00:00:00Z' };

  it('begins at a moment or a seq, ends where it is told, and runs in real time unless told otherwise', () => {
    expect(parse(replay)).toEqual({
      ok: true,
      message: { action: 'replay', symbol: 'A', from: { time: 1749772800000 }, speed: 1 },
    });
    expect(parse({ ...replay, from: 7, to: '2025-06-13', speed: 0, update_interval: 0.1, id: 1 })).toEqual({
      ok: true,
      message: {
        action: 'replay',
        symbol: 'A',
        from: { seq: 7 },
        to: { time: 1749772800000 },
        speed: 0,
        update_interval: 1,
        id: 1,
      },
    });
  });

  it.each([
    [{ symbol: 7 }, "Field 'symbol' of replay must be a string."],
    [
      { from: undefined },
      "Field 'from' of replay must be a moment in ISO 8601 such as 2025-06-13T00:00:00Z, or a seq.",
    ],
    [{ from: 'noon' }, "Field 'from' of replay must be a moment in ISO 8601 such as 2025-06-13T00:00:00Z, or a seq."],
    [{ from: -1 }, "Field 'from' of replay must be a moment in ISO 8601 such as 2025-06-13T00:00:00Z, or a seq."],
    [{ to: 1.5 }, "Field 'to' of replay must be a moment in ISO 8601 such as 2025-06-13T00:00:00Z, or a seq."],
    [
      { speed: -1 },
      "Field 'speed' of replay must be a number from 0 (as fast as your link takes it) to 1000000; 1 is real time.",
    ],
    [
      { speed: '2x' },
      "Field 'speed' of replay must be a number from 0 (as fast as your link takes it) to 1000000; 1 is real time.",
    ],
  ])('with %j is refused with what is allowed', (fields, message) => {
    expect(errorOf(JSON.stringify({ ...replay, ...fields }))).toMatchObject({ code: 'INVALID_MESSAGE', message });
  });
});

describe('a refusal', () => {
  const subscribe = (fields: string) => `{"action":"subscribe",${fields}}`;
  const elevenSymbols = JSON.stringify(Array.from({ length: 11 }, (_, i) => `S${i}`));

  it.each([
    ['no text', '', 'The message is not JSON. Send one JSON object a frame.'],
    ['no JSON', 'subscribe BTCUSDT', 'The message is not JSON. Send one JSON object a frame.'],
    ['two objects', '{"action":"ping"}{"action":"ping"}', 'The message is not JSON. Send one JSON object a frame.'],
    ['an array', '[{"action":"ping"}]', 'The message must be a JSON object, not an array.'],
    ['null', 'null', 'The message must be a JSON object, not null.'],
    ['a number', '7', 'The message must be a JSON object, not a number.'],
    ['30,000 levels', nested(30_000), 'The message must be a JSON object, not an array.'],
    [
      '100,000 levels',
      nested(100_000),
      'The message has 200000 characters; at most 65536 are read. Name fewer symbols.',
    ],
    ['no symbols', '{"action":"subscribe"}', "Field 'symbols' of subscribe must be an array of 1 to 10 strings."],
    ['0 symbols', subscribe('"symbols":[]'), "Field 'symbols' of subscribe must be an array of 1 to 10 strings."],
    [
      '11 symbols',
      subscribe(`"symbols":${elevenSymbols}`),
      "Field 'symbols' of subscribe must be an array of 1 to 10 strings.",
    ],
    ['a bare symbol', subscribe('"symbols":"A"'), "Field 'symbols' of subscribe must be an array of 1 to 10 strings."],
    ['a numeric symbol', subscribe('"symbols":["A",7]'), "Field 'symbols.1' of subscribe must be a string."],
    ['a deep symbol', subscribe(`"symbols":[${nested(30_000)}]`), "Field 'symbols.0' of subscribe must be a string."],
    [
      'an interval as text',
      subscribe('"symbols":["A"],"update_interval":"5"'),
      "Field 'update_interval' of subscribe must be a number of seconds; it is clamped to 1–60.",
    ],
    [
      'an endless interval',
      subscribe('"symbols":["A"],"update_interval":1e999'),
      "Field 'update_interval' of subscribe must be a number of seconds; it is clamped to 1–60.",
    ],
    [
      'a mode that there is not',
      subscribe('"symbols":["A"],"mode":"deltas"'),
      "Field 'mode' of subscribe must be 'snapshot' or 'delta'.",
    ],
    [
      'a resume without deltas',
      subscribe('"symbols":["A"],"resume":{"A":{"epoch":"e","seq":1}}'),
      "Field 'resume' of subscribe needs mode 'delta': without it every picture comes whole.",
    ],
    [
      'a resume that names no picture',
      subscribe('"symbols":["A"],"mode":"delta","resume":{"A":7}'),
      "Field 'resume.A' of subscribe must be {epoch, seq}, as the picture says that you have.",
    ],
    [
      'a resume from a seq that cannot be',
      subscribe('"symbols":["A"],"mode":"delta","resume":{"A":{"epoch":"e","seq":-1}}'),
      "Field 'resume.A.seq' of subscribe must be a whole number of at least 0.",
    ],
    [
      'a resume of too many symbols',
      subscribe(
        `"symbols":["A"],"mode":"delta","resume":${JSON.stringify(Object.fromEntries([...'ABCDEFGHIJK'].map((name) => [name, { epoch: 'e', seq: 1 }])))}`,
      ),
      "Field 'resume' of subscribe must name at most 10 symbols.",
    ],
    [
      'an id that is an object',
      subscribe('"symbols":["A"],"id":{}'),
      "Field 'id' of subscribe must be a number or a string of at most 64 characters.",
    ],
    [
      'an id that is long',
      subscribe(`"symbols":["A"],"id":"${'x'.repeat(65)}"`),
      "Field 'id' of subscribe must be a number or a string of at most 64 characters.",
    ],
    [
      'a token that is longer than any',
      JSON.stringify({ action: 'authenticate', token: 'x'.repeat(16_385) }),
      "Field 'token' of authenticate must be a string of 1 to 16384 characters.",
    ],
  ])('of %s is INVALID_MESSAGE and says what is allowed', (_what, text, message) => {
    expect(errorOf(text)).toEqual({ type: 'error', code: 'INVALID_MESSAGE', message });
  });

  it.each([
    ['none', '{}', 'The message has no action.'],
    ['an inherited one', '{"__proto__":{"action":"ping"}}', 'The message has no action.'],
    ['a number', '{"action":1}', 'The action must be a string, not a number.'],
    ['an object', '{"action":{}}', 'The action must be a string, not an object.'],
    ['an unknown one', '{"action":"dance"}', "Action 'dance' is not offered by this server."],
    ['one in capitals', '{"action":"PING"}', "Action 'PING' is not offered by this server."],
    ['a method of objects', '{"action":"toString"}', "Action 'toString' is not offered by this server."],
    ['one of later', '{"action":"score","symbol":"A"}', "Action 'score' is not offered by this server."],
    ['a long one', `{"action":"${'x'.repeat(1000)}"}`, `Action '${'x'.repeat(64)}…' is not offered by this server.`],
  ])('of an action that is %s is INVALID_ACTION and names those there are', (_what, text, start) => {
    expect(errorOf(text)).toEqual({
      type: 'error',
      code: 'INVALID_ACTION',
      message: `${start} Valid: subscribe, unsubscribe, replay, ping, authenticate`,
    });
  });

  it('of thousands of wrong symbols costs one error, not thousands', () => {
    const symbols = Array.from({ length: 30_000 }, () => 0);
    expect(errorOf(JSON.stringify({ action: 'subscribe', symbols })).message).toBe(
      "Field 'symbols' of subscribe must be an array of 1 to 10 strings.",
    );
  });
});

describe('every message', () => {
  const near = fc.record(
    {
      action: fc.oneof(fc.constantFrom('subscribe', 'unsubscribe', 'ping', 'replay', 'authenticate'), fc.jsonValue()),
      token: fc.oneof(fc.string(), fc.jsonValue()),
      symbols: fc.oneof(fc.array(fc.string(), { maxLength: 12 }), fc.jsonValue()),
      update_interval: fc.oneof(fc.double(), fc.jsonValue()),
      mode: fc.jsonValue(),
      resume: fc.jsonValue(),
      id: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 500 }),
    fc.json(),
    fc.jsonValue().map((value) => JSON.stringify(value)),
    near.map((value) => JSON.stringify(value)),
  );

  it('gets an answer: what it asks, within bounds, or an error of bounded length', () => {
    fc.assert(
      fc.property(text, (message) => {
        const parsed = parseClientMessage(message);
        if (!parsed.ok) {
          expect(errorSchema.safeParse(parsed.error).success).toBe(true);
          expect(['INVALID_MESSAGE', 'INVALID_ACTION']).toContain(parsed.error.code);
          expect(parsed.error.message.length).toBeLessThanOrEqual(largestErrorCharacters);
          return;
        }
        const asked = parsed.message;
        if (!('symbols' in asked)) return;
        expect(asked.symbols.length).toBeGreaterThanOrEqual(1);
        expect(new Set(asked.symbols).size).toBe(asked.symbols.length);
        if (asked.action === 'unsubscribe') return;
        expect(asked.symbols.length).toBeLessThanOrEqual(10);
        if (asked.update_interval === undefined) return;
        expect(asked.update_interval).toBeGreaterThanOrEqual(1);
        expect(asked.update_interval).toBeLessThanOrEqual(60);
      }),
      { numRuns: 1000 },
    );
  });

  it('that was understood is understood again as what was understood', () => {
    fc.assert(
      fc.property(near, (message) => {
        const parsed = parse(message);
        fc.pre(parsed.ok);
        if (parsed.ok) expect(parse(parsed.message)).toEqual(parsed);
      }),
      { numRuns: 200 },
    );
  });
});
