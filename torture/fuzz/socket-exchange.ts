/** Bytes to a server and all that comes back until it has ended the connection, which a server that is stuck never does. */
import { connect } from 'node:net';

/** @param pieces written one after the other; then this end says that it has nothing more to say. */
export function socketExchange(port: number, pieces: readonly Uint8Array[]): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true }, () => {
      for (const piece of pieces) socket.write(piece);
      socket.end();
    });
    socket.on('data', (chunk) => chunks.push(chunk));
    // A server that has refused already may answer what comes behind with a reset.
    socket.on('error', () => {});
    socket.on('close', () => resolve(Buffer.concat(chunks)));
  });
}

/** Cut in two somewhere, or not at all. */
export function inPieces(bytes: Uint8Array, at: number): readonly Uint8Array[] {
  return at <= 0 || at >= bytes.length ? [bytes] : [bytes.subarray(0, at), bytes.subarray(at)];
}
