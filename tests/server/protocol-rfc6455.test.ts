/**
 * What a hostile or unusual peer of RFC 6455 can do beside the ordinary cases of `rfc6455.test.ts`: messages cut
 * and mixed in every way, what may and may not be held for a message that never ends.
 */
import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { close, final, frame, op, ping, RawWebSocket, text } from '../support/raw-websocket.ts';
import { startServer } from './harness.ts';
import { maxMessageBytes, pingMessage, startStage } from './protocol-stage.ts';

const pong = { type: 'pong' };

/** A connection to the actors, which answer JSON. */
const open = async (...flags: string[]) => RawWebSocket.open((await startStage(...flags)).port);

/** A connection to a gate that says back every text as it came. */
const openEcho = async () => RawWebSocket.open((await startServer()).port);

const fragment = (opcode: number, payload: string | Uint8Array, isLast = false) =>
  frame({ opcode, payload, bits: isLast ? final : 0 });

/** One message in as many frames as there are pieces. */
const inFragments = (pieces: readonly Uint8Array[], opcode: number = op.text) =>
  pieces.map((piece, i) => fragment(i === 0 ? opcode : op.continuation, piece, i === pieces.length - 1));

const bytewise = (bytes: Uint8Array) => Array.from(bytes, (byte) => Uint8Array.of(byte));

async function expectEcho(raw: RawWebSocket, payload: string | Uint8Array): Promise<void> {
  expect(await raw.next()).toMatchObject({ opcode: op.text, isFinal: true, payload: Buffer.from(payload as string) });
}

describe('RFC 6455, 5.1: masking', () => {
  it.each([op.ping, op.pong, op.close])('a control frame that is not masked is 1002 too: opcode %i', async (opcode) => {
    const raw = await open();
    raw.send(frame({ opcode, isMasked: false }));
    expect(await raw.closeCode()).toBe(1002);
  });

  it('a last fragment that is not masked is 1002 though the first one was', async () => {
    const raw = await open();
    raw.send(fragment(op.text, '{'), frame({ opcode: op.continuation, payload: '}', isMasked: false }));
    expect(await raw.closeCode()).toBe(1002);
  });

  it('5.3: each frame has a mask of its own, zeros too', async () => {
    const raw = await openEcho();
    const masks = [Buffer.alloc(4), Buffer.alloc(4, 0xff), Buffer.of(1, 2, 3, 4), Buffer.of(0, 0, 0, 9)];
    raw.send(...masks.map((mask, i) => maskedWith(mask, `message ${i}`)));
    for (const i of masks.keys()) await expectEcho(raw, `message ${i}`);
  });
});

function maskedWith(mask: Uint8Array, payload: string): Buffer {
  const masked = Buffer.from(payload).map((byte, i) => byte ^ mask[i % 4]!);
  return Buffer.concat([Buffer.of(0x81, 0x80 | masked.length), mask, masked]);
}

describe('RFC 6455, 5.2: the frame', () => {
  it.each([op.ping, op.pong, op.close])(
    'of control has no bits to spare, and its length fits its header: opcode %i',
    async (opcode) => {
      for (const bad of [0x40, 0x20, 0x10].map((bit) => frame({ opcode, bits: final | bit }))) {
        const raw = await open();
        raw.send(bad);
        expect(await raw.closeCode()).toBe(1002);
      }
      const raw = await open();
      raw.send(frame({ opcode, payload: Buffer.of(3, 232), lengthBytes: 2 }));
      expect(await raw.closeCode()).toBe(1002);
    },
  );

  it.each([3, 11])('with reserved opcode %i is 1002 within a fragmented message, and unfinished', async (opcode) => {
    for (const bits of [final, 0]) {
      const raw = await open();
      raw.send(fragment(op.text, '{'), frame({ opcode, bits }));
      expect(await raw.closeCode()).toBe(1002);
    }
  });

  it.each([2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n])(
    'that announces %i bytes is closed at once, by its header',
    async (size) => {
      const raw = await open();
      const header = Buffer.of(0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 0);
      header.writeBigUInt64BE(size, 2);
      raw.send(header);
      expect([1002, 1009]).toContain(await raw.closeCode());
    },
  );

  it('of no bytes is a message', async () => {
    const raw = await open();
    raw.send(text(''), text(pingMessage));
    expect(await raw.nextJson()).toMatchObject({ type: 'error', code: 'INVALID_MESSAGE' });
    expect(await raw.nextJson()).toMatchObject(pong);
  });
});

describe('RFC 6455, 5.4: fragmentation', () => {
  it('a thousand fragments of a byte make one message', async () => {
    const raw = await openEcho();
    const said = 'density '.repeat(125);
    raw.send(...inFragments(bytewise(Buffer.from(said))));
    await expectEcho(raw, said);
  });

  it('fragments that are all empty make an empty message, and the next one is whole', async () => {
    const raw = await openEcho();
    raw.send(...inFragments([Buffer.of(), Buffer.of(), Buffer.of()]), text('next'));
    await expectEcho(raw, '');
    await expectEcho(raw, 'next');
  });

  it('a binary message in fragments is refused once, and the connection lives on', async () => {
    const raw = await open();
    raw.send(...inFragments(bytewise(Buffer.from(pingMessage)), op.binary), text(pingMessage));
    expect(await raw.nextJson()).toMatchObject({ type: 'error', code: 'INVALID_MESSAGE' });
    expect(await raw.nextJson()).toMatchObject(pong);
  });

  it('a continuation behind a message that is finished is 1002', async () => {
    const raw = await open();
    raw.send(...inFragments([Buffer.of(0x7b), Buffer.of(0x7d)]), fragment(op.continuation, 'x', true));
    expect(await raw.closeCode()).toBe(1002);
  });

  it('a binary message within a text is 1002, whatever was pinged in between', async () => {
    const raw = await open();
    raw.send(fragment(op.text, '{'), ping('x'), frame({ opcode: op.pong }), fragment(op.binary, 'x', true));
    expect(await raw.closeCode()).toBe(1002);
  });

  it('a close frame between fragments is answered, and what was begun is dropped', async () => {
    const raw = await openEcho();
    raw.send(fragment(op.text, 'never '), close(1001), fragment(op.continuation, 'said', true));
    expect((await raw.next())?.payload).toEqual(Buffer.of(3, 233));
    expect(await raw.next()).toBeNull();
  });

  it('whatever is sent, and however it is cut into frames and writes, is answered in order', async () => {
    const { port } = await startServer();
    const message = fc.record({
      said: fc.string({ unit: 'grapheme', maxLength: 200 }),
      cuts: fc.array(fc.nat(), { maxLength: 5 }),
      pinged: fc.uint8Array({ maxLength: 125 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        async (all, cuts) => {
          const raw = await RawWebSocket.open(port);
          const frames = all.flatMap(({ said, cuts, pinged }) => {
            const [first, ...others] = inFragments(piecesOf(Buffer.from(said), cuts));
            return [first!, ping(pinged), ...others];
          });
          await raw.sendSplit(piecesOf(Buffer.concat([...frames, close(1000)]), cuts));
          for (const { said, cuts, pinged } of all) {
            const echo = { opcode: op.text, payload: Buffer.from(said) };
            const answer = { opcode: op.pong, payload: Buffer.from(pinged) };
            // A message that is not cut is complete before the ping behind it.
            for (const next of cuts.length === 0 ? [echo, answer] : [answer, echo]) {
              expect(await raw.next()).toMatchObject(next);
            }
          }
          expect(await raw.closeCode()).toBe(1000);
          raw.end();
        },
      ),
      { numRuns: 100 },
    );
  });
});

function piecesOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((end, i) => bytes.subarray(edges[i]!, end));
}

describe('RFC 6455, 5.5.2: pings', () => {
  it('of every size there is are answered with their payload', async () => {
    const raw = await open();
    const payloads = Array.from({ length: 126 }, (_, size) => Buffer.alloc(size, size));
    raw.send(...payloads.map((payload) => ping(payload)));
    for (const payload of payloads) expect(await raw.next()).toMatchObject({ opcode: op.pong, payload });
  });
});

describe('RFC 6455, 8.1: text is UTF-8', () => {
  it('cut into single bytes it arrives as it was', async () => {
    const raw = await openEcho();
    const all = '\ufeffa\u0000\u007f\u0080é\u07ff\u0800€\ud7ff\ue000\uffff\u{10000}😀\u{10ffff}';
    raw.send(...inFragments(bytewise(Buffer.from(all))));
    await expectEcho(raw, all);
  });

  it.each(['c0af', 'eda080', 'edbfbf', 'f4908080', 'f8888080', 'e282', 'f09f98', '80', 'ff'])(
    '%s is 1007 wherever it is cut, whatever comes before it',
    async (hex) => {
      const { port } = await startStage();
      const bytes = Buffer.concat([Buffer.from('κόσμε'), Buffer.from(hex, 'hex')]);
      for (let cut = 1; cut < bytes.length; cut++) {
        const raw = await RawWebSocket.open(port);
        raw.send(...inFragments([bytes.subarray(0, cut), bytes.subarray(cut)]));
        expect(await raw.closeCode()).toBe(1007);
      }
    },
  );

  it('any bytes are said back or are 1007', async () => {
    const { port } = await startServer();
    const byte = fc.oneof(fc.nat({ max: 0x7f }), fc.integer({ min: 0x80, max: 0xbf }), fc.nat({ max: 0xff }));
    const bytes = fc.oneof(
      fc.string({ unit: 'binary' }).map((string) => Buffer.from(string)),
      fc.array(byte, { maxLength: 6 }).map((array) => Buffer.from(array)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (payload) => {
        const raw = await RawWebSocket.open(port);
        raw.send(frame({ opcode: op.text, payload }));
        if (isUtf8(payload)) await expectEcho(raw, payload);
        else expect(await raw.closeCode()).toBe(1007);
        raw.end();
      }),
      { numRuns: 100 },
    );
  });
});

describe('RFC 6455, 10.4: limits', () => {
  it('a message at the limit is read, in fragments with pings between too, and the next one begins at nothing', async () => {
    const raw = await open();
    const halves = [Buffer.alloc(maxMessageBytes / 2, 'x'), Buffer.alloc(maxMessageBytes / 2, 'y')];
    const [first, last] = inFragments(halves) as [Buffer, Buffer];
    for (let i = 0; i < 3; i++) {
      raw.send(first, ping(Buffer.alloc(125, i)), last);
      expect((await raw.next())?.opcode).toBe(op.pong);
      expect(await raw.nextJson()).toMatchObject({ type: 'error', code: 'INVALID_MESSAGE' });
    }
  });

  it.each([
    ['nothing', []],
    ['a ping', [ping('x')]],
    ['a pong', [frame({ opcode: op.pong })]],
  ])('who begins more than may be unfinished is closed with 4503: %s between the fragments', async (_what, between) => {
    const { port } = await startServer({ webSocket: { maxUnfinishedBytes: 1_000_000 } });
    const raw = await RawWebSocket.open(port);
    const part = Buffer.alloc(50_000, 'x');
    raw.send(fragment(op.text, part));
    for (let i = 0; i < 40; i++) raw.send(...between, fragment(op.continuation, part));
    raw.send(close(1000));
    expect(await raw.closeCode()).toBe(4503);
  });

  it('control frames are never unfinished, however many come with no message between', async () => {
    const { port } = await startServer({ webSocket: { maxUnfinishedBytes: 1_000_000 } });
    const raw = await RawWebSocket.open(port);
    const pongs = Buffer.concat(Array.from({ length: 10_000 }, () => frame({ opcode: op.pong, payload: 'x' })));
    await raw.sendSplit(Array.from({ length: 20 }, () => pongs));
    raw.send(text('still here'));
    await expectEcho(raw, 'still here');
  });

  it('a message in more fragments than anybody needs is closed before it fills the memory', async () => {
    const raw = await openEcho();
    const part = Buffer.concat(Array.from({ length: 10_000 }, () => fragment(op.continuation, 'x')));
    raw.send(fragment(op.text, 'x'), ...Array.from({ length: 30 }, () => part), close(1000));
    expect([1008, 1009]).toContain(await raw.closeCode());
  });
});
