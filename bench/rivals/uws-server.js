/** µWebSockets: one topic that everyone subscribes to. */
import { readFileSync } from 'node:fs';
import { serveLines } from './lines.js';

const [payloadFile, , compression] = process.argv.slice(2);
const { default: uWS } = await import('uwebsockets');
const text = readFileSync(payloadFile, 'utf8');
const app = uWS.App();
const isDeflated = compression === 'deflate';
app.ws('/*', {
  compression: isDeflated ? uWS.SHARED_COMPRESSOR : uWS.DISABLED,
  maxBackpressure: 64 * 1024 * 1024,
  idleTimeout: 0,
  sendPingsAutomatically: false,
  open: (socket) => socket.subscribe('heatmap'),
});
app.listen('127.0.0.1', 0, (listener) => {
  serveLines(uWS.us_socket_local_port(listener), () => app.publish('heatmap', text, false, isDeflated));
});
