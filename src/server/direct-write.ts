/**
 * Writes finished frames to a plain TCP socket without passing through its stream.
 *
 * The operating system takes nearly every frame at once, and then the stream's part of a write (a request object, states, a callback in
 * a turn of its own) is for nothing. What is not taken at once is queued by the socket's handle in order, as it is for the stream, which
 * still ends and destroys the socket. The handle belongs to Node and is not documented: where it does not look as expected (and over
 * TLS) there is no direct way, and frames go through the stream.
 */
import { Socket } from 'node:net';

interface WriteRequest {
  oncomplete: (this: WriteRequest, status: number) => void;
  /** Kept from the collector while they are on their way. */
  frames: readonly Uint8Array[];
  socket: Socket;
}

/** What a `net.Socket` writes with. Both ways answer 0 or a negative error number of libuv. */
export interface DirectHandle {
  writeBuffer(request: WriteRequest, frame: Uint8Array): number;
  writev(request: WriteRequest, frames: readonly Uint8Array[], areBuffers: true): number;
  readonly writeQueueSize: number | undefined;
}

interface StreamWrap {
  readonly WriteWrap: new () => WriteRequest;
  /** What the handle says of its last write, in places of their own. */
  readonly streamBaseState: Int32Array;
  readonly kLastWriteWasAsync: number;
}

const streamWrap = findStreamWrap();
/** A request that is taken at once is not touched, and serves for the next one. */
let spare = streamWrap === null ? null : new streamWrap.WriteWrap();

/** @returns null when there is no direct way. */
export function directHandleOf(socket: Socket): DirectHandle | null {
  if (streamWrap === null || Object.getPrototypeOf(socket) !== Socket.prototype) return null;
  const { _handle: handle } = socket as unknown as { _handle?: Partial<DirectHandle> | null };
  const isUsable =
    typeof handle?.writeBuffer === 'function' &&
    typeof handle.writev === 'function' &&
    typeof handle.writeQueueSize === 'number';
  return isUsable ? (handle as DirectHandle) : null;
}

/**
 * Destroys the socket when it cannot be written to.
 *
 * @param behind what goes behind `first`, in the same system call.
 * @returns whether the operating system took all of it.
 */
export function writeFrames(
  socket: Socket,
  handle: DirectHandle | null,
  first: Uint8Array,
  behind: readonly Uint8Array[] | null,
): boolean {
  if (handle !== null) return writeDirectly(socket, handle, first, behind);
  if (behind === null) socket.write(first);
  else {
    socket.cork();
    socket.write(first);
    for (const frame of behind) socket.write(frame);
    socket.uncork();
  }
  return socket.writableLength === 0;
}

/** Bytes of frames that the operating system has not taken yet. */
export function queuedBytes(socket: Socket, handle: DirectHandle | null): number {
  // A handle that is closed knows nothing any more.
  return (handle === null ? socket.writableLength : handle.writeQueueSize) ?? 0;
}

function writeDirectly(
  socket: Socket,
  handle: DirectHandle,
  first: Uint8Array,
  behind: readonly Uint8Array[] | null,
): boolean {
  const { WriteWrap, streamBaseState, kLastWriteWasAsync } = streamWrap!;
  const request = spare!;
  const frames = behind === null ? null : [first, ...behind];
  const error = frames === null ? handle.writeBuffer(request, first) : handle.writev(request, frames, true);
  if (error !== 0) {
    socket.destroy();
    return true;
  }
  if (streamBaseState[kLastWriteWasAsync] === 0) return true;
  spare = new WriteWrap();
  request.frames = frames ?? [first];
  request.socket = socket;
  request.oncomplete = onComplete;
  return false;
}

function onComplete(this: WriteRequest, status: number): void {
  if (status < 0) this.socket.destroy();
}

function findStreamWrap(): StreamWrap | null {
  try {
    const { binding } = process as unknown as { binding?: (name: string) => Partial<StreamWrap> };
    const found = binding?.('stream_wrap');
    const isUsable =
      typeof found?.WriteWrap === 'function' &&
      found.streamBaseState instanceof Int32Array &&
      typeof found.kLastWriteWasAsync === 'number';
    return isUsable ? (found as StreamWrap) : null;
  } catch {
    return null;
  }
}
