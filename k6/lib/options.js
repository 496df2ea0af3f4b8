/**
 * What all scripts share: where the server is, how the load grows, and what must hold.
 *
 *   k6 run -e WS_URL=ws://host:8000/ws/heatmap -e STAGES=short k6/steady.js
 */

export const url = __ENV.WS_URL || 'ws://localhost:8000/ws/heatmap';
export const symbols = (__ENV.SYMBOLS || 'BTCUSDT,ETHUSDT').split(',');

/** VUs over time. `STAGES=short` is for trying. */
const stages = {
  full: [
    { duration: '30s', target: 100 },
    { duration: '1m', target: 500 },
    { duration: '2m', target: 1000 },
    { duration: '2m', target: 1000 },
    { duration: '30s', target: 0 },
  ],
  short: [
    { duration: '3s', target: 100 },
    { duration: '7s', target: 100 },
  ],
};

export const chosenStages = __ENV.STAGES === 'short' ? stages.short : stages.full;

/** Latency is from the snapshot's own timestamp, so the clocks of both machines must agree. */
export const thresholds = {
  snapshot_latency: ['p(95)<500'],
  connected: ['rate>0.99'],
  dropped: ['rate<0.001'],
};
