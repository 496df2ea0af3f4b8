/** All come at once, as after an outage. */
import { client } from './lib/client.js';
import { symbols, thresholds, url } from './lib/options.js';

const vus = __ENV.STAGES === 'short' ? 200 : 5000;

export const options = {
  scenarios: {
    storm: { executor: 'per-vu-iterations', vus, iterations: 1, maxDuration: __ENV.STAGES === 'short' ? '20s' : '2m' },
  },
  thresholds: { connected: thresholds.connected, first_snapshot: ['p(99)<10000'] },
};

export default function storm() {
  client({ url, symbols, forMs: 5000 });
}
