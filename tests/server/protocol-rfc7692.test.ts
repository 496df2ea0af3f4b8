/**
 * What a hostile or unusual peer of RFC 7692 can do beside the ordinary cases of `rfc7692.test.ts`: offers at the edge, the RFC's own
 * examples, every way to compress and to cut, and what does not inflate.
 */
import { constants, createDeflateRaw, deflateRawSync, inflateRawSync, type ZlibOptions } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { close, compressed, final, frame, op, ping, RawWebSocket, text } from '../support/raw-websocket.ts';
import { exchange, openTcp, startServer, upgradeText } from './harness.ts';
import { maxMessageBytes, pingMessage, startStage } from './protocol-stage.ts';

const agreed = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';
const offer = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
const pong = { type: 'pong' };

/** A connection to the actors, which answer JSON. */
const open = async (headers: Readonly<Record<string, string>> = offer) =>
  RawWebSocket.open((await startStage()).port, headers);

/** A connection to a gate that says back every text as it came. */
const openEcho = async () => RawWebSocket.open((await startServer()).port, offer);

const deflated = (payload: string | Uint8Array, options: ZlibOptions = {}) =>
  deflateRawSync(payload, { ...options, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);

const compressedFrame = (payload: Uint8Array, opcode: number = op.text) =>
  frame({ opcode, payload, bits: final | compressed });

const compressedText = (payload: string | Uint8Array) => compressedFrame(deflated(payload));

/** One compressed message in as many frames as there are pieces. */
const inFragments = (pieces: readonly Uint8Array[]) =>
  pieces.map((payload, i) => {
    const bits = (i === 0 ? compressed : 0) | (i === pieces.length - 1 ? final : 0);
    return frame({ opcode: i === 0 ? op.text : op.continuation, payload, bits });
  });

async function expectEcho(raw: RawWebSocket, payload: string): Promise<void> {
  expect(await raw.next()).toMatchObject({ opcode: op.text, isFinal: true, payload: Buffer.from(payload) });
}

describe('RFC 7692, 5.1, 7.1: offers', () => {
  it.each([
    ['permessage-deflate; server_no_context_takeover', agreed],
    ['permessage-deflate; client_no_context_takeover', agreed],
    ['permessage-deflate;client_max_window_bits ;\tserver_no_context_takeover', agreed],
    ['permessage-deflate; client_max_window_bits="15"', agreed],
    ['permessage-deflate; server_max_window_bits="15"', `${agreed}; server_max_window_bits=15`],
    ['permessage-deflate; mystery, permessage-deflate; server_max_window_bits=8, permessage-deflate', agreed],
    ['permessage-deflate, permessage-deflate; server_max_window_bits=15', agreed],
    [`${'permessage-deflate; server_max_window_bits=9, '.repeat(100)}permessage-deflate`, agreed],
    ['__proto__; a=1, constructor, permessage-deflate', agreed],
  ])('%s is answered: %s', async (header, answer) => {
    expect((await open({ 'Sec-WebSocket-Extensions': header })).extensions).toBe(answer);
  });

  it('are one list, in however many header lines they come', async () => {
    const lines = { 'Sec-WebSocket-Extensions': 'x-first', 'sec-websocket-extensions': 'permessage-deflate' };
    expect((await open(lines)).extensions).toBe(agreed);
  });

  it.each([
    ...['7', '8', '9', '14', '015', '08', '+15', '-15', '15.0', '1e1', '0x0f', '""', '99999999999999999999'].map(
      (bits) => `server_max_window_bits=${bits}`,
    ),
    ...['0', '7', '16', '08', 'abc', '""', '-8'].map((bits) => `client_max_window_bits=${bits}`),
    'server_max_window_bits=15; server_max_window_bits=15',
    'client_max_window_bits; client_max_window_bits=15',
    'server_no_context_takeover; server_no_context_takeover',
    'server_no_context_takeover=true',
    '__proto__',
    'constructor=1',
    'toString',
  ])('7.1.2: with %s are declined, and the connection goes uncompressed', async (parameters) => {
    const raw = await open({ 'Sec-WebSocket-Extensions': `permessage-deflate; ${parameters}` });
    expect(raw.extensions).toBeUndefined();
    raw.send(text(pingMessage));
    expect(await raw.nextJson()).toMatchObject(pong);
  });

  it.each([
    '',
    ',',
    'permessage-deflate,,',
    'permessage-deflate;',
    'permessage-deflate; =',
    'permessage-deflate; a="',
    '"',
  ])('that cannot be read are none or 400, and others are let in after them: %s', async (header) => {
    const { port } = await startStage();
    const { head } = await RawWebSocket.open(port, { 'Sec-WebSocket-Extensions': header });
    expect(head).toMatch(/^HTTP\/1\.1 (101|400) /);
    expect(head).not.toMatch(/^sec-websocket-extensions/im);
    expect((await RawWebSocket.open(port, offer)).extensions).toBe(agreed);
  });

  it('are not answered by a refusal', async () => {
    const { port } = await startServer();
    const answer = await exchange(port, upgradeText({ ...offer, 'Sec-WebSocket-Key': 'short' }));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).not.toMatch(/sec-websocket-extensions/i);
  });
});

describe('RFC 7692, 7.2.3: the examples', () => {
  it.each([
    ['7.2.3.1 one compressed block', 'f248cdc9c90700'],
    ['7.2.3.3 a block without compression', '000500faff48656c6c6f00'],
    ['7.2.3.4 a block that says it is the last', 'f348cdc9c9070000'],
    ['7.2.3.5 two blocks', 'f24805000000ffffcac9c90700'],
  ])('%s: Hello, whole and however it is cut', async (_what, hex) => {
    const raw = await openEcho();
    const bytes = Buffer.from(hex, 'hex');
    raw.send(compressedFrame(bytes));
    await expectEcho(raw, 'Hello');
    for (let cut = 0; cut <= bytes.length; cut++) {
      raw.send(...inFragments([bytes.subarray(0, cut), bytes.subarray(cut)]));
      await expectEcho(raw, 'Hello');
    }
  });

  it('7.2.3.2: a second message that leans on the first is 1007, as the client agreed to begin anew', async () => {
    const raw = await openEcho();
    raw.send(compressedFrame(Buffer.from('f248cdc9c90700', 'hex')));
    await expectEcho(raw, 'Hello');
    raw.send(compressedFrame(Buffer.from('f200110000', 'hex')));
    expect(await raw.closeCode()).toBe(1007);
  });

  it('7.2.3.6: a message of nothing', async () => {
    const raw = await openEcho();
    raw.send(compressedFrame(Buffer.of(0)), compressedFrame(Buffer.of()), ...inFragments([Buffer.of(), Buffer.of(0)]));
    for (let i = 0; i < 3; i++) await expectEcho(raw, '');
  });
});

describe('RFC 7692, 6.2, 7.2.2: messages', () => {
  it('a client that keeps its window in spite of the agreement is closed with 1007', async () => {
    const raw = await openEcho();
    const deflate = createDeflateRaw();
    const said = 'the same words again and again';
    const flushed = () =>
      new Promise<Buffer>((resolve) => {
        deflate.write(said);
        deflate.flush(constants.Z_SYNC_FLUSH, () => resolve(deflate.read().subarray(0, -4)));
      });
    raw.send(compressedFrame(await flushed()));
    await expectEcho(raw, said);
    raw.send(compressedFrame(await flushed()));
    expect(await raw.closeCode()).toBe(1007);
  });

  it('binary messages are refused by name, and the connection lives on', async () => {
    const raw = await open();
    raw.send(compressedFrame(deflated(pingMessage), op.binary), compressedText(pingMessage));
    expect(await raw.nextJson()).toMatchObject({ type: 'error', code: 'INVALID_MESSAGE' });
    expect(await raw.nextJson()).toMatchObject(pong);
  });

  it('a close frame right behind a message waits until the message is answered', async () => {
    const raw = await openEcho();
    raw.send(compressedText('last words'), close(4000));
    await expectEcho(raw, 'last words');
    expect(await raw.closeCode()).toBe(4000);
  });

  it('more than is taken at once stays in order, compressed and not', async () => {
    const raw = await openEcho();
    const said = Array.from({ length: 600 }, (_, i) => `${i} `.repeat((i % 50) * 40 + 1));
    raw.send(...said.map((words, i) => (i % 3 === 0 ? text(words) : compressedText(words))));
    for (const words of said) await expectEcho(raw, words);
  });

  it('however compressed, cut and mixed with pings, they are understood', async () => {
    const raw = await openEcho();
    const how = fc.record({
      level: fc.integer({ min: 0, max: 9 }),
      windowBits: fc.integer({ min: 9, max: 15 }),
      memLevel: fc.integer({ min: 1, max: 9 }),
      strategy: fc.integer({ min: 0, max: 4 }),
    });
    const said = fc.string({ unit: 'binary', maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(said, how, fc.array(fc.nat(), { maxLength: 8 }), async (words, options, cuts) => {
        const bytes = deflated(words, options);
        const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const frames = inFragments(edges.slice(1).map((end, i) => bytes.subarray(edges[i]!, end)));
        raw.send(...frames.flatMap((part, i) => (i === 0 ? [part] : [ping(`${i}`), part])));
        for (let i = 1; i < frames.length; i++) expect((await raw.next())?.payload.toString()).toBe(`${i}`);
        await expectEcho(raw, words);
      }),
      { numRuns: 200 },
    );
  });
});

describe('RFC 7692, 6: the bit', () => {
  const start = inFragments([deflated(pingMessage), Buffer.of()])[0]!;

  it.each([
    ['on the continuation of a compressed message', [start, frame({ opcode: 0, bits: final | compressed })]],
    ['on a pong', [frame({ opcode: op.pong, bits: final | compressed })]],
    ['on a ping within a compressed message', [start, frame({ opcode: op.ping, bits: final | compressed })]],
    ['beside RSV2', [frame({ opcode: op.text, bits: final | compressed | 0x20 })]],
    ['beside RSV3', [frame({ opcode: op.text, bits: final | compressed | 0x10 })]],
  ])('%s is 1002', async (_what, frames) => {
    const raw = await open();
    raw.send(...frames);
    expect(await raw.closeCode()).toBe(1002);
  });
});

describe('RFC 7692, 8: what does not inflate', () => {
  it('any bytes behind the bit are answered or closed, and others are served on', async () => {
    const { port } = await startStage();
    const other = await RawWebSocket.open(port, offer);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const raw = await RawWebSocket.open(port, offer);
        raw.send(compressedFrame(bytes), close(1000));
        expect([1000, 1007]).toContain(await raw.closeCode());
        raw.end();
        other.send(compressedText(pingMessage));
        expect(await other.nextJson()).toMatchObject(pong);
      }),
      { numRuns: 100 },
    );
  });

  it('a thousandfold bomb is 1009, as text, as binary and many at once, and others are served on', async () => {
    const { port } = await startStage();
    const bomb = deflated(Buffer.alloc(64 * 1024 * 1024), { level: 9 });
    expect(bomb.length).toBeLessThan(maxMessageBytes);
    const other = await RawWebSocket.open(port, offer);
    const bombers = await Promise.all(Array.from({ length: 16 }, () => RawWebSocket.open(port, offer)));
    for (const [i, raw] of bombers.entries()) raw.send(compressedFrame(bomb, i % 2 === 0 ? op.text : op.binary));
    other.send(compressedText(pingMessage));
    expect(await other.nextJson()).toMatchObject(pong);
    for (const raw of bombers) expect(await raw.closeCode()).toBe(1009);
  });

  it('what is over the limit while still compressed is 1009, though it would inflate to nothing', async () => {
    const raw = await open();
    raw.send(compressedFrame(Buffer.concat(Array(maxMessageBytes / 5 + 1).fill(Buffer.of(0, 0, 0, 0xff, 0xff)))));
    expect(await raw.closeCode()).toBe(1009);
  });

  it('who resets the connection while a message is inflated costs nobody else anything', async () => {
    const { port, failures } = await startServer();
    for (let i = 0; i < 20; i++) {
      const tcp = await openTcp(port);
      tcp.on('error', () => {});
      const message = compressedFrame(deflated(Buffer.alloc(1024 * 1024, 'x')));
      await new Promise<void>((resolve) =>
        tcp.write(Buffer.concat([Buffer.from(upgradeText(offer)), message]), () => resolve()),
      );
      tcp.resetAndDestroy();
    }
    const raw = await RawWebSocket.open(port, offer);
    raw.send(compressedText('still here'));
    await expectEcho(raw, 'still here');
    expect(failures).toEqual([]);
  });
});

describe('RFC 7692, 7.2.1: snapshots', () => {
  it.each([1, 100, 1000, 70_000])(
    'of %i random words inflate by themselves to what others get plain',
    async (count) => {
      const { port, publish, clients } = await startStage();
      const deflating = await RawWebSocket.open(port, offer);
      const plain = await RawWebSocket.open(port);
      const subscribe = '{"action":"subscribe","symbols":["BTCUSDT"]}';
      deflating.send(compressedText(subscribe));
      plain.send(text(subscribe));
      publish({ type: 'snapshot', levels: Array.from({ length: count }, () => Math.random()), name: 'é€😀' });
      const small = (await deflating.next())!;
      const large = (await plain.next())!;
      expect([small.isFinal, small.isCompressed, large.isCompressed]).toEqual([true, true, false]);
      const bytes = inflateRawSync(Buffer.concat([small.payload, Buffer.of(0, 0, 0xff, 0xff)]), {
        finishFlush: constants.Z_SYNC_FLUSH,
      });
      expect(bytes.equals(large.payload)).toBe(true);
      deflating.send(text(pingMessage), ping('x'));
      for (const opcode of [op.ping, op.text, op.pong]) {
        expect(await deflating.next()).toMatchObject({ opcode, isCompressed: false });
      }
      void clients.sayGoodbye();
      for (const opcode of [op.text, op.close]) {
        expect(await deflating.next()).toMatchObject({ opcode, isCompressed: false });
      }
    },
  );
});
