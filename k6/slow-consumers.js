/** Every tenth client is slow of thought: it works for long on each snapshot. The others must not notice. */
import { client } from './lib/client.js';
import { chosenStages, symbols, thresholds, url } from './lib/options.js';

export const options = {
  stages: chosenStages,
  thresholds: { snapshot_latency: thresholds.snapshot_latency, connected: thresholds.connected },
};

const slowEvery = 10;
const workMs = __ENV.STAGES === 'short' ? 5 : 300;

export default function slowConsumers() {
  const isSlow = __VU % slowEvery === 0;
  const work = () => {
    for (const until = Date.now() + workMs; Date.now() < until; );
  };
  client({ url, symbols, forMs: 60_000, ...(isSlow && { onSnapshot: work }) });
}
