/** Clients that come, stay a while and read everything: the load that the server is sized for. */
import { client } from './lib/client.js';
import { chosenStages, symbols, thresholds, url } from './lib/options.js';

export const options = { stages: chosenStages, thresholds };

export default function steady() {
  client({ url, symbols, forMs: 60_000 });
}
