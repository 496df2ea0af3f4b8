/** One client of the stream as a virtual user: connects, subscribes, reads, and notes how well it was served. */
import { WebSocket } from 'k6/experimental/websockets';
import { Counter, Rate, Trend } from 'k6/metrics';

const latency = new Trend('snapshot_latency', true);
const firstSnapshot = new Trend('first_snapshot', true);
const connected = new Rate('connected');
const dropped = new Rate('dropped');
const snapshots = new Counter('snapshots');
const warnings = new Counter('warnings');
const errors = new Counter('errors');

/** A snapshot begins with what is measured, and its levels are many times that. */
const snapshotHead = /^\{"type":"snapshot","symbol":"(\w+)","timestamp":"([^"]+)","epoch":"[^"]*","seq":(\d+),/;

/**
 * As much of a message as a script needs: who reads thousands of clients' pictures in one process would be measured instead of the server.
 *
 * @param {string} text
 */
function read(text) {
  const head = snapshotHead.exec(text.slice(0, 200));
  if (head === null) return JSON.parse(text);
  return { type: 'snapshot', symbol: head[1], timestamp: head[2], seq: Number(head[3]) };
}

/**
 * @param {object} options
 * @param {string} options.url
 * @param {string[]} options.symbols
 * @param {number} options.forMs how long it stays; it leaves at the first message after that
 * @param {(snapshot: {symbol: string, seq: number}) => void} [options.onSnapshot]
 */
export function client({ url, symbols, forMs, onSnapshot }) {
  const begunAt = Date.now();
  const seen = new Set();
  let isOpen = false;
  const socket = new WebSocket(url);
  socket.onopen = () => {
    isOpen = true;
    connected.add(true);
    socket.send(JSON.stringify({ action: 'subscribe', symbols }));
  };
  socket.onmessage = (event) => {
    const message = read(String(event?.data));
    const now = Date.now();
    if (message.type === 'snapshot') {
      snapshots.add(1);
      dropped.add(false);
      // The first one is the latest there was, which may be a whole interval old.
      if (seen.has(message.symbol)) latency.add(now - Date.parse(message.timestamp));
      else firstSnapshot.add(now - begunAt);
      seen.add(message.symbol);
      onSnapshot?.(message);
    } else if (message.type === 'warning') {
      warnings.add(1);
      for (let lost = 0; lost < (message.dropped_messages ?? 0); lost++) dropped.add(true);
    } else if (message.type === 'error') {
      errors.add(1);
    }
    if (now - begunAt >= forMs) socket.close();
  };
  socket.onerror = () => {
    if (!isOpen) connected.add(false);
  };
  return socket;
}
