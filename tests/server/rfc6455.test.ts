/** The server's own end of RFC 6455 on raw sockets, by its sections. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { close, final, frame, op, ping, RawWebSocket, text } from '../support/raw-websocket.ts';
import { maxMessageBytes, pingMessage, startStage } from './protocol-stage.ts';

async function open(first?: Uint8Array): Promise<RawWebSocket> {
  const { port } = await startStage();
  return RawWebSocket.open(port, {}, first);
}

const pong = { type: 'pong' };
const fragment = (opcode: number, payload: string | Uint8Array, isLast = false) =>
  frame({ opcode, payload, bits: isLast ? final : 0 });

describe('1.3, 4.2.2: the handshake', () => {
  it('is answered with the accept key of the example, and with no extension or subprotocol nobody offered', async () => {
    const { head } = await open();
    expect(head).toMatch(/^HTTP\/1\.1 101 /);
    expect(head).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    expect(head).not.toMatch(/extensions|sec-websocket-protocol/i);
  });

  it('is understood in whatever case, with other tokens beside', async () => {
    const { port } = await startStage();
    const raw = await RawWebSocket.open(port, { Connection: 'keep-alive, upGRADE', Upgrade: 'WebSocket' });
    expect(raw.head).toMatch(/^HTTP\/1\.1 101 /);
  });

  it('may have frames on its heels', async () => {
    const raw = await open(Buffer.concat([text(pingMessage), ping('a')]));
    expect(await raw.nextJson()).toMatchObject(pong);
    expect((await raw.next())?.opcode).toBe(op.pong);
  });
});

describe('5.1: masking', () => {
  it('a frame that is not masked ends the connection with 1002', async () => {
    const raw = await open();
    raw.send(frame({ opcode: op.text, payload: pingMessage, isMasked: false }));
    expect(await raw.closeCode()).toBe(1002);
  });

  it('frames of the server are not masked and final', async () => {
    const raw = await open();
    raw.send(text(pingMessage));
    expect(await raw.next()).toMatchObject({ isFinal: true, isCompressed: false, opcode: op.text });
  });
});

describe('5.2: the frame', () => {
  it.each([0x40, 0x20, 0x10, 0x70])('with reserved bits %i is 1002', async (bits) => {
    const raw = await open();
    raw.send(frame({ opcode: op.text, payload: pingMessage, bits: final | bits }));
    expect(await raw.closeCode()).toBe(1002);
  });

  it.each([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])('with reserved opcode %i is 1002', async (opcode) => {
    const raw = await open();
    raw.send(frame({ opcode }));
    expect(await raw.closeCode()).toBe(1002);
  });

  it.each([125, 126, 127, 65_535, 65_536, maxMessageBytes])('of %i bytes is read whole', async (size) => {
    const raw = await open();
    raw.send(text(pingMessage.padEnd(size)));
    const answer = await raw.nextJson();
    // Beyond 65,536 characters a message is refused unread.
    expect(answer).toMatchObject(size <= 65_536 ? pong : { type: 'error', code: 'INVALID_MESSAGE' });
  });

  it.each([2, 8] as const)(
    'with its length in %i bytes though fewer would do is read all the same',
    async (lengthBytes) => {
      const raw = await open();
      raw.send(frame({ opcode: op.text, payload: pingMessage, lengthBytes }));
      expect(await raw.nextJson()).toMatchObject(pong);
    },
  );

  it('with the highest bit of its length set is closed, and nothing is waited for', async () => {
    const raw = await open();
    raw.send(Buffer.of(0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 1));
    expect([1002, 1009]).toContain(await raw.closeCode());
  });
});

describe('5.4: fragments', () => {
  it.each([2, 3, 17])('%i of them make one message', async (count) => {
    const raw = await open();
    const cuts = Array.from({ length: count }, (_, i) => pingMessage.slice(i, i === count - 1 ? undefined : i + 1));
    raw.send(...cuts.map((cut, i) => fragment(i === 0 ? op.text : op.continuation, cut, i === count - 1)));
    expect(await raw.nextJson()).toMatchObject(pong);
  });

  it('may be empty', async () => {
    const raw = await open();
    raw.send(fragment(op.text, ''), fragment(op.continuation, pingMessage), fragment(op.continuation, '', true));
    expect(await raw.nextJson()).toMatchObject(pong);
  });

  it('may have a ping between, which is answered in between', async () => {
    const raw = await open();
    raw.send(fragment(op.text, '{"action":'), ping('now'));
    expect(await raw.next()).toMatchObject({ opcode: op.pong, payload: Buffer.from('now') });
    raw.send(fragment(op.continuation, '"ping"}', true));
    expect(await raw.nextJson()).toMatchObject(pong);
  });

  it('of nothing are 1002', async () => {
    const raw = await open();
    raw.send(fragment(op.continuation, 'x', true));
    expect(await raw.closeCode()).toBe(1002);
  });

  it('interrupted by a new message are 1002', async () => {
    const raw = await open();
    raw.send(fragment(op.text, '{'), text(pingMessage));
    expect(await raw.closeCode()).toBe(1002);
  });
});

describe('5.5: control frames', () => {
  it.each([op.close, op.ping, op.pong])('in fragments are 1002: opcode %i', async (opcode) => {
    const raw = await open();
    raw.send(frame({ opcode, bits: 0 }));
    expect(await raw.closeCode()).toBe(1002);
  });

  it.each([op.close, op.ping, op.pong])('of 126 bytes are 1002: opcode %i', async (opcode) => {
    const raw = await open();
    raw.send(frame({ opcode, payload: Buffer.alloc(126, 0x20) }));
    expect(await raw.closeCode()).toBe(1002);
  });

  it('5.5.2: pings are answered with their payload, in order', async () => {
    const raw = await open();
    const payloads = [Buffer.alloc(0), Buffer.of(0, 255, 128), Buffer.alloc(125, 7)];
    raw.send(...payloads.map((payload) => ping(payload)));
    for (const payload of payloads) expect(await raw.next()).toMatchObject({ opcode: op.pong, payload });
  });

  it('5.5.3: pongs nobody asked for are let pass', async () => {
    const raw = await open();
    raw.send(frame({ opcode: op.pong, payload: 'x' }), frame({ opcode: op.pong, payload: Buffer.of(9) }), ping('y'));
    expect(await raw.next()).toMatchObject({ opcode: op.pong, payload: Buffer.from('y') });
  });
});

describe('5.5.1, 7: closing', () => {
  it.each([1000, 1001, 1003, 1007, 1011, 3000, 3999, 4000, 4999])('with %i is answered with it', async (code) => {
    const raw = await open();
    raw.send(close(code, 'bye'));
    expect(await raw.closeCode()).toBe(code);
  });

  it('without a code is answered without one', async () => {
    const raw = await open();
    raw.send(close());
    expect(await raw.closeCode()).toBe(1005);
  });

  it.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65_535])(
    'with %i, which is not for the wire, is 1002',
    async (code) => {
      const raw = await open();
      raw.send(close(code));
      expect(await raw.closeCode()).toBe(1002);
    },
  );

  it('with one byte is 1002', async () => {
    const raw = await open();
    raw.send(frame({ opcode: op.close, payload: Buffer.of(3) }));
    expect(await raw.closeCode()).toBe(1002);
  });

  it('with a reason that is not UTF-8 is 1007', async () => {
    const raw = await open();
    raw.send(close(1000, Buffer.of(0xff)));
    expect(await raw.closeCode()).toBe(1007);
  });

  it('leaves what comes after it unanswered', async () => {
    const raw = await open();
    raw.send(close(1000), text(pingMessage), ping('x'));
    expect(await raw.closeCode()).toBe(1000);
  });

  it('7.2.1: the server ends the connection of a peer that ends its half without a word', async () => {
    const raw = await open();
    raw.end();
    expect(await raw.next()).toBeNull();
  });
});

describe('5.6: binary messages', () => {
  it('are refused by name, and the connection lives on', async () => {
    const raw = await open();
    raw.send(frame({ opcode: op.binary, payload: pingMessage }), text(pingMessage));
    expect(await raw.nextJson()).toMatchObject({ type: 'error', code: 'INVALID_MESSAGE' });
    expect(await raw.nextJson()).toMatchObject(pong);
  });
});

describe('8.1: text is UTF-8', () => {
  const bad = [
    Buffer.of(0xc0, 0xaf),
    Buffer.of(0xed, 0xa0, 0x80),
    Buffer.of(0xf4, 0x90, 0x80, 0x80),
    Buffer.of(0xe2, 0x82),
  ];
  it.each(bad.map((bytes) => [bytes.toString('hex'), bytes] as const))('%s is 1007', async (_hex, payload) => {
    const raw = await open();
    raw.send(frame({ opcode: op.text, payload }));
    expect(await raw.closeCode()).toBe(1007);
  });

  it('also when it is cut within a character, which is no error', async () => {
    const raw = await open();
    const bytes = Buffer.from('{"action":"ping","id":"€"}');
    const cut = bytes.indexOf(0x82);
    raw.send(fragment(op.text, bytes.subarray(0, cut)), fragment(op.continuation, bytes.subarray(cut), true));
    expect(await raw.nextJson()).toMatchObject({ type: expect.stringMatching(/pong|error/) });
  });
});

describe('10.4: limits', () => {
  it('a message over the limit is 1009 by its announced length alone', async () => {
    const raw = await open();
    raw.send(frame({ opcode: op.text, payload: 'x'.repeat(maxMessageBytes + 1) }).subarray(0, 20));
    expect(await raw.closeCode()).toBe(1009);
  });

  it('so are fragments that add up to one', async () => {
    const raw = await open();
    raw.send(fragment(op.text, 'x'.repeat(maxMessageBytes)), fragment(op.continuation, 'x', true));
    expect(await raw.closeCode()).toBe(1009);
  });
});

it('any split of the bytes is answered alike', { timeout: 60_000 }, async () => {
  const { port } = await startStage();
  const bytes = Buffer.concat([
    text(pingMessage),
    fragment(op.text, '{"action"'),
    ping('between'),
    fragment(op.continuation, ':"ping"}', true),
    frame({ opcode: op.binary, payload: Buffer.alloc(300) }),
    ping('last'),
  ]);
  const expected = [op.text, op.pong, op.text, op.text, op.pong];
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat({ max: bytes.length }), { maxLength: 12 }), async (cuts) => {
      const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const raw = await RawWebSocket.open(port);
      await raw.sendSplit(edges.slice(1).map((end, i) => bytes.subarray(edges[i]!, end)));
      for (const opcode of expected) expect((await raw.next())?.opcode).toBe(opcode);
      raw.send(close(1000));
      expect(await raw.closeCode()).toBe(1000);
    }),
    { numRuns: 40 },
  );
});
