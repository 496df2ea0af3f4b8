/** The client library in Node 22 or later: `node examples/node-client.mjs [ws://host:port/ws/heatmap]` prints three pictures. */
const url = process.argv[2] ?? 'ws://localhost:8000/ws/heatmap';
const { protocol, host } = new URL(url);
const origin = `${protocol === 'wss:' ? 'https:' : 'http:'}//${host}`;

// The server ships its own client: the two always fit.
const code = await (await fetch(`${origin}/js/websocket-client.mjs`)).text();
const { HeatmapWebSocket } = await import(`data:text/javascript,${encodeURIComponent(code)}`);

let pictures = 0;
const client = new HeatmapWebSocket(url, {
  onSnapshot: ({ symbol, seq, data }) => {
    process.stdout.write(`${symbol} seq ${seq}: ${data.current_price}, ${data.levels.length} levels\n`);
    if (++pictures === 3) client.disconnect();
  },
  onError: (error) => process.stderr.write(`${error.message}\n`),
});
client.subscribe(['BTCUSDT', 'ETHUSDT']);
client.connect();
