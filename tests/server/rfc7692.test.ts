/** Compression (RFC 7692) on raw sockets, by its sections. */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { close, compressed, final, frame, op, ping, RawWebSocket, text } from '../support/raw-websocket.ts';
import { maxMessageBytes, pingMessage, startStage } from './protocol-stage.ts';

const agreed = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';
const subscribe = '{"action":"subscribe","symbols":["BTCUSDT"]}';
const pong = { type: 'pong' };

const offering = async (offer: string) =>
  RawWebSocket.open((await startStage()).port, { 'Sec-WebSocket-Extensions': offer });
const open = () => offering('permessage-deflate');

function deflated(payload: string | Uint8Array): Buffer {
  const bytes = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH });
  return bytes.subarray(0, -4);
}

const inflated = (payload: Uint8Array) =>
  inflateRawSync(Buffer.concat([payload, Buffer.of(0, 0, 0xff, 0xff)]), {
    finishFlush: constants.Z_SYNC_FLUSH,
  }).toString();

const compressedText = (payload: string | Uint8Array) =>
  frame({ opcode: op.text, payload: deflated(payload), bits: final | compressed });

describe('5.1, 7.1: what is agreed', () => {
  it.each([
    ['permessage-deflate', agreed],
    ['permessage-deflate; client_max_window_bits', agreed],
    ['permessage-deflate; client_max_window_bits=10; server_no_context_takeover; client_no_context_takeover', agreed],
    ['permessage-deflate; server_max_window_bits=15', `${agreed}; server_max_window_bits=15`],
    ['permessage-deflate; server_max_window_bits=10, permessage-deflate', agreed],
    ['x-webkit-deflate-frame, permessage-deflate', agreed],
  ])('%s is answered: %s', async (offer, answer) => {
    expect((await offering(offer)).extensions).toBe(answer);
  });

  it.each([
    'permessage-deflate; server_max_window_bits=10',
    'permessage-deflate; server_max_window_bits=16',
    'permessage-deflate; server_max_window_bits=0',
    'permessage-deflate; server_max_window_bits',
    'permessage-deflate; server_max_window_bits=abc',
    'permessage-deflate; client_max_window_bits=7',
    'permessage-deflate; client_no_context_takeover=1',
    'permessage-deflate; mystery',
    'permessage-deflate; client_no_context_takeover; client_no_context_takeover',
    'permessage-bzip2',
    ';;;',
  ])('%s is declined, and the connection goes uncompressed', async (offer) => {
    const raw = await offering(offer);
    expect(raw.head).toMatch(/^HTTP\/1\.1 101 /);
    expect(raw.extensions).toBeUndefined();
    raw.send(text(pingMessage));
    expect(await raw.nextJson()).toMatchObject(pong);
    raw.send(compressedText(pingMessage));
    expect(await raw.closeCode()).toBe(1002);
  });

  it('nothing is agreed to when compression is switched off', async () => {
    const { port } = await startStage('--ws-compression=false');
    const raw = await RawWebSocket.open(port, { 'Sec-WebSocket-Extensions': 'permessage-deflate' });
    expect(raw.extensions).toBeUndefined();
  });
});

describe('6, 7.2: messages', () => {
  it('compressed and not, in any order, each on its own, are understood', async () => {
    const raw = await open();
    raw.send(compressedText(pingMessage), text(pingMessage), compressedText(pingMessage));
    for (let i = 0; i < 3; i++) expect(await raw.nextJson()).toMatchObject(pong);
  });

  it('7.2.3.2: several compressed blocks, and one that says it is the last, are understood', async () => {
    const raw = await open();
    const whole = deflateRawSync(pingMessage);
    raw.send(frame({ opcode: op.text, payload: Buffer.concat([whole, Buffer.of(0)]), bits: final | compressed }));
    expect(await raw.nextJson()).toMatchObject(pong);
  });

  it('7.2.3.3: blocks without compression are understood', async () => {
    const raw = await open();
    const stored = deflateRawSync(pingMessage, { level: 0, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    raw.send(frame({ opcode: op.text, payload: stored, bits: final | compressed }));
    expect(await raw.nextJson()).toMatchObject(pong);
  });

  it('in fragments carry the bit on the first alone, with control frames between', async () => {
    const raw = await open();
    const bytes = deflated(pingMessage);
    raw.send(
      frame({ opcode: op.text, payload: bytes.subarray(0, 3), bits: compressed }),
      ping('between'),
      frame({ opcode: op.continuation, payload: bytes.subarray(3, 5), bits: 0 }),
      frame({ opcode: op.continuation, payload: bytes.subarray(5) }),
    );
    expect((await raw.next())?.opcode).toBe(op.pong);
    expect(await raw.nextJson()).toMatchObject(pong);
  });

  it('7.2.3.6: that are empty are errors of content, not of the protocol', async () => {
    const raw = await open();
    raw.send(frame({ opcode: op.text, payload: Buffer.of(0), bits: final | compressed }), text(pingMessage));
    expect(await raw.nextJson()).toMatchObject({ type: 'error', code: 'INVALID_MESSAGE' });
    expect(await raw.nextJson()).toMatchObject(pong);
  });

  it('keep their order while one is inflated', async () => {
    const raw = await open();
    raw.send(compressedText('{"action":"dance"}'), text(pingMessage));
    expect(await raw.nextJson()).toMatchObject({ code: 'INVALID_ACTION' });
    expect(await raw.nextJson()).toMatchObject(pong);
  });
});

describe('6.1: the bit', () => {
  it.each([
    [
      'a continuation',
      [frame({ opcode: op.text, payload: 'x', bits: 0 }), frame({ opcode: 0, bits: final | compressed })],
    ],
    ['a ping', [frame({ opcode: op.ping, bits: final | compressed })]],
    ['a close frame', [frame({ opcode: op.close, bits: final | compressed })]],
  ])('on %s is 1002', async (_what, frames) => {
    const raw = await open();
    raw.send(...frames);
    expect(await raw.closeCode()).toBe(1002);
  });
});

describe('what does not inflate', () => {
  it('is 1007 when it is garbage, and others live on', async () => {
    const { port } = await startStage();
    const offer = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
    const other = await RawWebSocket.open(port, offer);
    const raw = await RawWebSocket.open(port, offer);
    raw.send(frame({ opcode: op.text, payload: Buffer.alloc(50, 0xff), bits: final | compressed }));
    expect(await raw.closeCode()).toBe(1007);
    other.send(compressedText(pingMessage));
    expect(await other.nextJson()).toMatchObject(pong);
  });

  it('is 1007 when it is no UTF-8', async () => {
    const raw = await open();
    raw.send(compressedText(Buffer.of(0xff, 0xfe)));
    expect(await raw.closeCode()).toBe(1007);
  });

  it('is 1009 when it grows over the limit, also in fragments, and fine at the limit', async () => {
    const bomb = deflated('x'.repeat(maxMessageBytes + 1));
    expect(bomb.length).toBeLessThan(1000);
    const whole = await open();
    whole.send(frame({ opcode: op.text, payload: bomb, bits: final | compressed }));
    expect(await whole.closeCode()).toBe(1009);
    const cut = await open();
    cut.send(
      frame({ opcode: op.text, payload: bomb.subarray(0, 50), bits: compressed }),
      frame({ opcode: op.continuation, payload: bomb.subarray(50) }),
    );
    expect(await cut.closeCode()).toBe(1009);
    const largest = await open();
    largest.send(compressedText('x'.repeat(maxMessageBytes)), text(pingMessage));
    expect(await largest.nextJson()).toMatchObject({ code: 'INVALID_MESSAGE' });
    expect(await largest.nextJson()).toMatchObject(pong);
  });
});

describe('snapshots', () => {
  it('are compressed for those who agreed, each on its own, and the same text for all; control frames never are', async () => {
    const { port, publish } = await startStage();
    const deflating = await RawWebSocket.open(port, { 'Sec-WebSocket-Extensions': 'permessage-deflate' });
    const plain = await RawWebSocket.open(port);
    for (const raw of [deflating, plain]) raw.send(text(subscribe));
    for (let seq = 1; seq <= 3; seq++) {
      publish({ type: 'snapshot', seq, levels: 'density '.repeat(100) });
      const small = (await deflating.next())!;
      const large = (await plain.next())!;
      expect([small.opcode, small.isCompressed, large.isCompressed]).toEqual([op.text, true, false]);
      expect(small.payload.length).toBeLessThan(large.payload.length / 5);
      expect(inflated(small.payload)).toBe(large.payload.toString());
      for (const raw of [deflating, plain]) {
        const asked = (await raw.next())!;
        expect(asked).toMatchObject({ opcode: op.ping, isCompressed: false });
        raw.send(frame({ opcode: op.pong, payload: asked.payload }));
      }
    }
    deflating.send(close(1000));
    expect(await deflating.closeCode()).toBe(1000);
  });
});
