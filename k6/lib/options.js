/**
 * What all scripts share: where the server is, how the load grows, and what must hold.
 *
 *   k6 run -e WS_URL=ws://host:8000/ws/heatmap -e STAGES=short k6/steady.js
 */

export const url = __ENV.WS_URL || 'ws://localhost:8000/ws/heatmap';
export const symbols = (__ENV.SYMBOLS || 'BTCUSDT,ETHUSDT').split(',');

/** VUs at the most. */
const peak = Number(__ENV.PEAK || 1000);

/** VUs over time. `STAGES=short` is for trying, `STAGES=brief` the full load in a third of the time. */
const stages = {
  full: [
    { duration: '30s', target: peak / 10 },
    { duration: '1m', target: peak / 2 },
    { duration: '2m', target: peak },
    { duration: '2m', target: peak },
    { duration: '30s', target: 0 },
  ],
  brief: [
    { duration: '10s', target: peak / 10 },
    { duration: '20s', target: peak / 2 },
    { duration: '40s', target: peak },
    { duration: '40s', target: peak },
    { duration: '10s', target: 0 },
  ],
  short: [
    { duration: '3s', target: 100 },
    { duration: '7s', target: 100 },
  ],
};

const chosen = __ENV.STAGES || 'full';
const found = Object.entries(stages).find(([name]) => name === chosen);
if (found === undefined) throw new Error(`STAGES=${chosen}: there is ${Object.keys(stages).join(', ')}`);
export const chosenStages = found[1];

/** Latency is from the snapshot's own timestamp, so the clocks of both machines must agree. */
export const thresholds = {
  snapshot_latency: ['p(95)<500'],
  connected: ['rate>0.99'],
  dropped: ['rate<0.001'],
};
