/** The same load for long: nothing may grow, and nothing may be lost. */
import { client } from './lib/client.js';
import { symbols, thresholds, url } from './lib/options.js';

const isShort = __ENV.STAGES === 'short';

export const options = {
  stages: [
    { duration: isShort ? '2s' : '1m', target: isShort ? 50 : 500 },
    { duration: isShort ? '8s' : '2h', target: isShort ? 50 : 500 },
  ],
  thresholds,
};

export default function soak() {
  client({ url, symbols, forMs: 120_000 });
}
