import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { closeReasons } from '../../src/protocol/close-reason.ts';
import { opcodes, pingFrame, textFrame, writeFrameHeader } from '../../src/protocol/websocket-frame.ts';
import {
  closeOf,
  type Harness,
  mebibyte,
  nextMessage,
  openClient,
  openTcp,
  readToEnd,
  startServer,
  upgradeText,
} from './harness.ts';

const sizes = [0, 125, 126, 65_535, 65_536];

async function openPair(harness: Harness) {
  const opened = harness.gate.opened();
  const client = await openClient(harness);
  return { client, recording: await opened };
}

/** A peer that has upgraded and now sends what it likes. */
async function openRawPeer(harness: Harness) {
  const opened = harness.gate.opened();
  const tcp = await openTcp(harness.port);
  tcp.on('error', () => {});
  tcp.write(upgradeText());
  return { tcp, recording: await opened };
}

/** A frame as a client sends it, masked with zeros. */
function maskedFrame(firstByte: number, payload: Uint8Array): Buffer {
  const header = new Uint8Array(14);
  const payloadAt = writeFrameHeader(header, 0, opcodes.text, payload.length);
  header[0] = firstByte;
  header[1]! |= 0x80;
  return Buffer.concat([header.subarray(0, payloadAt), new Uint8Array(4), payload]);
}

async function expectServed(client: WebSocket): Promise<void> {
  client.send('served');
  expect(await nextMessage(client)).toBe('served');
}

describe('a frame that is written', () => {
  it('arrives whole, in order, among pings and pongs', async () => {
    const harness = await startServer();
    const { client, recording } = await openPair(harness);
    const texts = Array.from({ length: 40 }, (_, i) =>
      String.fromCharCode(97 + (i % 26)).repeat(sizes[i % sizes.length]!),
    );
    const arrived: string[] = [];
    const pings: number[] = [];
    const pongs: number[] = [];
    const numbers = texts.map((_, i) => i);
    const lastPing = 255;
    const allRead = new Promise<void>((resolve) => {
      client.on('message', (data) => arrived.push(String(data)));
      client.on('ping', (payload) => pings.push(payload[0]!));
      client.on('pong', (payload) => {
        if (payload[0] === lastPing) resolve();
        else pongs.push(payload[0]!);
      });
    });
    for (const i of numbers) {
      recording.socket.write(textFrame(texts[i]!), null);
      recording.socket.write(pingFrame(i), null);
    }
    // Each of the client's pings makes the gate write a pong, each text an echo.
    for (const i of numbers) {
      client.ping(Buffer.of(i));
      client.send(texts[i]!);
    }
    client.ping(Buffer.of(lastPing));
    await allRead;
    expect(pings).toEqual(numbers);
    expect(pongs).toEqual(numbers);
    expect(arrived).toEqual([...texts, ...texts]);
  });

  it('of a turn leaves together with the others, and behind them the last tail, once', async () => {
    const { client, recording } = await openPair(await startServer());
    const heard: string[] = [];
    const pinged = new Promise<void>((resolve) => {
      client.on('message', (data) => heard.push(String(data)));
      client.on('ping', (payload) => {
        heard.push(`ping ${payload[0]}`);
        resolve();
      });
    });
    recording.socket.write(textFrame('one'), pingFrame(1));
    recording.socket.write(textFrame('two'), pingFrame(2));
    recording.socket.write(textFrame('three'), null);
    await pinged;
    recording.socket.write(null, pingFrame(3));
    await once(client, 'ping');
    expect(heard).toEqual(['one', 'two', 'three', 'ping 2', 'ping 3']);
  });

  it('is acknowledged by the pong of the ping behind it', async () => {
    const { recording } = await openPair(await startServer());
    recording.socket.write(textFrame('data'), pingFrame(200));
    expect(await recording.first('pong')).toEqual({ kind: 'pong', payload: [200] });
  });

  it('goes nowhere once the server began to close, and the close frame is the last', async () => {
    // A raw peer, because a well-behaved client would leave out what comes behind a close frame.
    const { tcp, recording } = await openRawPeer(await startServer({ webSocket: { closeTimeoutMs: 20 } }));
    const received = readToEnd(tcp);
    recording.socket.write(textFrame('before'), null);
    recording.socket.close(closeReasons.server_shutdown);
    recording.socket.write(textFrame('after'), pingFrame(0));
    recording.socket.write(textFrame('after'), null);
    const text = await received;
    expect(text.slice(text.indexOf('before'))).toMatch(/^before.{4}Server shutdown$/su);
    await recording.first('closed');
    recording.socket.write(textFrame('long after'), null);
    recording.socket.close(closeReasons.policy);
    recording.socket.terminate();
  });

  it('is counted until the operating system takes it', async () => {
    const { client, recording } = await openPair(await startServer());
    expect(recording.socket.bufferedBytes).toBe(0);
    client.pause();
    const frame = textFrame('x'.repeat(32 * mebibyte));
    recording.socket.write(frame, null);
    expect(recording.socket.bufferedBytes).toBeGreaterThan(0);
    expect(recording.socket.bufferedBytes).toBeLessThanOrEqual(frame.length);
  });
});

describe('a message that is received', () => {
  it.each([0, 1, 125, 126, 65_536, 16 * mebibyte])('as text of %i bytes arrives whole', async (size) => {
    const { client, recording } = await openPair(await startServer());
    client.send('é'.repeat(size / 2) + 'e'.repeat(size % 2));
    expect(Buffer.byteLength((await recording.first('text')).text)).toBe(size);
  });

  it('in fragments arrives whole', async () => {
    const { client, recording } = await openPair(await startServer());
    client.send('he', { fin: false });
    client.send('llo');
    expect(await recording.first('text')).toEqual({ kind: 'text', text: 'hello' });
  });

  it('as binary is told apart', async () => {
    const { client, recording } = await openPair(await startServer());
    client.send(Buffer.from('{"action":"ping"}'));
    await recording.first('binary');
    await expectServed(client);
    expect(recording.events.map(({ kind }) => kind)).toEqual(['opened', 'binary', 'text']);
  });

  it('after the server began to close is not passed on', async () => {
    const { client, recording } = await openPair(await startServer());
    recording.socket.close(closeReasons.too_many_messages);
    client.send('late');
    client.send(Buffer.of(1));
    expect((await closeOf(client)).code).toBe(4429);
    await recording.first('closed');
    expect(recording.events.map(({ kind }) => kind)).toEqual(['opened', 'closed']);
  });
});

describe('a connection ends with exactly one `closed`', () => {
  /** Everyone else is served on, and nothing came after `closed`. */
  async function expectOneClosed(harness: Harness, recording: (typeof harness.gate.recordings)[number]) {
    const closed = await recording.first('closed');
    await expectServed(await openClient(harness));
    expect(recording.events.filter(({ kind }) => kind === 'closed')).toHaveLength(1);
    expect(recording.events.at(-1)).toBe(closed);
    return closed;
  }

  it('when the client closes, with its code', async () => {
    const harness = await startServer();
    const { client, recording } = await openPair(harness);
    client.close(4000, 'bye');
    expect(await expectOneClosed(harness, recording)).toEqual({ kind: 'closed', code: 4000, reason: 'bye' });
  });

  it('when the client closes without a code', async () => {
    const harness = await startServer();
    const { client, recording } = await openPair(harness);
    client.close();
    expect(await expectOneClosed(harness, recording)).toMatchObject({ code: 1005 });
  });

  it('when the server closes, with its reason', async () => {
    const harness = await startServer();
    const { client, recording } = await openPair(harness);
    recording.socket.close(closeReasons.slow_consumer);
    recording.socket.close(closeReasons.policy);
    expect(await closeOf(client)).toEqual(closeReasons.slow_consumer);
    expect(await expectOneClosed(harness, recording)).toEqual({ kind: 'closed', ...closeReasons.slow_consumer });
  });

  it('when the server closes and the peer does not answer', async () => {
    const harness = await startServer({ webSocket: { closeTimeoutMs: 20 } });
    const { recording } = await openRawPeer(harness);
    recording.socket.close(closeReasons.slow_consumer);
    expect(await expectOneClosed(harness, recording)).toEqual({ kind: 'closed', ...closeReasons.slow_consumer });
  });

  it('when the server cuts it off', async () => {
    const harness = await startServer();
    const { recording } = await openPair(harness);
    recording.socket.terminate();
    recording.socket.terminate();
    expect(await expectOneClosed(harness, recording)).toMatchObject({ code: 1006 });
  });

  it('when the client is gone without a word', async () => {
    const harness = await startServer();
    const { client, recording } = await openPair(harness);
    client.terminate();
    expect(await expectOneClosed(harness, recording)).toMatchObject({ code: 1006 });
  });

  it('when the client resets the connection', async () => {
    const harness = await startServer();
    const { tcp, recording } = await openRawPeer(harness);
    tcp.resetAndDestroy();
    expect(await expectOneClosed(harness, recording)).toMatchObject({ code: 1006 });
  });

  it('when the client ends its half of the connection', async () => {
    const harness = await startServer();
    const { tcp, recording } = await openRawPeer(harness);
    tcp.resume();
    tcp.end();
    expect(await expectOneClosed(harness, recording)).toMatchObject({ code: 1006 });
    if (!tcp.readableEnded) await once(tcp, 'end');
  });

  it('when a frame is written to a client that has just reset', async () => {
    const harness = await startServer();
    const { tcp, recording } = await openRawPeer(harness);
    tcp.resetAndDestroy();
    await once(tcp, 'close');
    recording.socket.write(textFrame('x'.repeat(mebibyte)), pingFrame(0));
    recording.socket.write(textFrame('x'.repeat(mebibyte)), pingFrame(1));
    expect(await expectOneClosed(harness, recording)).toMatchObject({ code: 1006 });
  });

  it('when a text is not UTF-8: 1007', async () => {
    const harness = await startServer();
    const { client, recording } = await openPair(harness);
    client.send(Buffer.of(0x61, 0xff, 0xfe), { binary: false });
    expect((await closeOf(client)).code).toBe(1007);
    expect(await expectOneClosed(harness, recording)).toEqual({ kind: 'closed', ...closeReasons.invalid_utf8 });
    expect(recording.events.map(({ kind }) => kind)).toEqual(['opened', 'closed']);
  });

  it('when a message has 17 MiB: 1009, while another client is served on', async () => {
    const harness = await startServer();
    const other = await openClient(harness);
    const { client, recording } = await openPair(harness);
    client.send('x'.repeat(17 * mebibyte));
    await expectServed(other);
    expect((await closeOf(client)).code).toBe(1009);
    expect(await expectOneClosed(harness, recording)).toEqual({ kind: 'closed', ...closeReasons.message_too_big });
    await expectServed(other);
  });

  it('when fragments add up to too much: 1009', async () => {
    const harness = await startServer({ webSocket: { maxMessageBytes: 10 } });
    const { client, recording } = await openPair(harness);
    client.send('123456', { fin: false });
    client.send('123456');
    expect((await closeOf(client)).code).toBe(1009);
    expect(await expectOneClosed(harness, recording)).toMatchObject({ code: 1009 });
  });

  it.each([
    ['is not masked', Buffer.of(0x81, 0x01, 0x61)],
    ['has an unknown opcode', maskedFrame(0x83, Buffer.from('a'))],
    ['says it is compressed', maskedFrame(0xc1, Buffer.from('a'))],
    ['continues nothing', maskedFrame(0x80, Buffer.from('a'))],
    ['is a ping of 126 bytes', maskedFrame(0x89, Buffer.alloc(126))],
  ])('when a frame %s: 1002', async (_what, bytes) => {
    const harness = await startServer();
    const { tcp, recording } = await openRawPeer(harness);
    const chunks: Buffer[] = [];
    tcp.on('data', (chunk) => chunks.push(chunk));
    tcp.write(bytes);
    await once(tcp, 'end');
    tcp.end();
    expect(Buffer.concat(chunks).subarray(-18).toString('latin1')).toBe('\x88\x10\x03\xeaProtocol error');
    expect(await expectOneClosed(harness, recording)).toMatchObject({ code: 1002 });
  });
});
