/** A venue's WebSocket over `ws`, which answers pings by itself. */
import { WebSocket } from 'ws';
import type { OpenVenueSocket } from './venue-socket.ts';

/** The longest frames, with all marks at once, take a few hundred kB. */
const maxFrameBytes = 4 * 1024 * 1024;
const handshakeTimeoutMs = 10_000;

export const openWsVenueSocket: OpenVenueSocket = (url, events) => {
  const socket = new WebSocket(url, { maxPayload: maxFrameBytes, handshakeTimeout: handshakeTimeoutMs });
  let isOurs = true;
  let problem = '';
  socket.on('open', () => isOurs && events.opened());
  socket.on('message', (data) => isOurs && events.message(String(data)));
  socket.on('error', (error) => {
    problem = error.message;
  });
  socket.on('close', (code, reason) => {
    if (!isOurs) return;
    isOurs = false;
    events.closed(problem === '' ? `${code} ${reason}`.trim() : problem);
  });
  return {
    send: (text) => socket.send(text, () => {}),
    close: () => {
      isOurs = false;
      socket.terminate();
    },
  };
};
