import { once } from 'node:events';
import { type AddressInfo, connect, createServer, Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DirectHandle, directHandleOf, queuedBytes, writeFrames } from '../../src/server/direct-write.ts';

/** Two ends of a connection, neither of which reads yet. */
async function openPair() {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const peer = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await accepted) as [Socket];
  for (const end of [socket, peer]) end.on('error', () => {});
  onTestFinished(() => {
    for (const end of [socket, peer]) end.destroy();
    server.close();
  });
  return { socket, peer };
}

/** Frames of all sizes, each of bytes of its own. */
const frames = Array.from({ length: 200 }, (_, i) => Buffer.alloc(1 + ((i * 7919) % 100_000), i));
/** Unlike `once`, does not mind an error before it. */
const closeOf = (socket: Socket) => new Promise((resolve) => socket.on('close', resolve));
const untilEnd = async (peer: Socket) => Buffer.concat(await peer.toArray());

const ways: [name: string, (socket: Socket) => DirectHandle | null][] = [
  ['directly', directHandleOf],
  ['through the stream', () => null],
];

describe.each(ways)('frames that are written %s', (_, handleOf) => {
  it('are taken at once while there is room', async () => {
    const { socket, peer } = await openPair();
    expect(writeFrames(socket, handleOf(socket), Buffer.from('a'), null)).toBe(true);
    expect(writeFrames(socket, handleOf(socket), Buffer.from('b'), [Buffer.from('c')])).toBe(true);
    expect(queuedBytes(socket, handleOf(socket))).toBe(0);
    socket.end();
    expect((await untilEnd(peer)).toString()).toBe('abc');
  });

  it('arrive whole and in order behind an end, however slowly they are read', async () => {
    const { socket, peer } = await openPair();
    const handle = handleOf(socket);
    const taken = frames.map((frame, i) => writeFrames(socket, handle, frame, i % 3 === 0 ? [frame, frame] : null));
    expect([taken[0], taken.at(-1)]).toEqual([true, false]);
    expect(queuedBytes(socket, handle)).toBeGreaterThan(0);
    const finished = once(socket, 'finish');
    socket.end();
    const expected = Buffer.concat(frames.flatMap((frame, i) => (i % 3 === 0 ? [frame, frame, frame] : [frame])));
    expect((await untilEnd(peer)).equals(expected)).toBe(true);
    await finished;
    expect(queuedBytes(socket, handle)).toBe(0);
  });

  it('end the socket when the peer is gone', async () => {
    const { socket, peer } = await openPair();
    const handle = handleOf(socket);
    const closed = closeOf(socket);
    peer.resetAndDestroy();
    while (!socket.destroyed) {
      writeFrames(socket, handle, Buffer.from('a'), null);
      await setImmediate();
    }
    await closed;
    writeFrames(socket, handle, Buffer.from('a'), [Buffer.from('b')]);
    expect(queuedBytes(socket, handle)).toBe(0);
  });

  it('end the socket when the peer goes while they wait', async () => {
    const { socket, peer } = await openPair();
    const handle = handleOf(socket);
    for (const frame of frames) writeFrames(socket, handle, frame, null);
    expect(queuedBytes(socket, handle)).toBeGreaterThan(0);
    const closed = closeOf(socket);
    peer.resetAndDestroy();
    await closed;
    expect(queuedBytes(socket, handle)).toBe(0);
  });
});

describe('the direct way', () => {
  it('is there for a plain connection on this Node', async () => {
    const { socket } = await openPair();
    expect(directHandleOf(socket)).not.toBeNull();
  });

  it('is not there over TLS, nor where nothing is connected', async () => {
    const { socket } = await openPair();
    expect(directHandleOf(new TLSSocket(socket, { isServer: true }))).toBeNull();
    expect(directHandleOf(new Socket())).toBeNull();
  });
});
