/** Connections alone: each client leaves about a second after it came. */
import { client } from './lib/client.js';
import { chosenStages, symbols, thresholds, url } from './lib/options.js';

export const options = {
  stages: chosenStages,
  thresholds: { connected: thresholds.connected, first_snapshot: ['p(95)<1000'] },
};

export default function connect() {
  client({ url, symbols: symbols.slice(0, 1), forMs: 1000 });
}
