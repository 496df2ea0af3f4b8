/** The settings of a simulated server: the defaults, with what takes long made short, and small pictures. */
import { type Config, loadConfig } from '../../src/config.ts';

export const symbols = ['BTCUSDT', 'ETHUSDT'] as const;

/** Fewer than a setting allows, so that a simulation sees some. */
export const checkpointEvents = 60;

export function streamOf(symbol: string): string {
  return `simulated:${symbol}`;
}

const settings = {
  SYMBOLS: symbols.join(','),
  SIMULATED_HISTORY: String(20 / 3600),
  SNAPSHOT_RANGE: '0.012',
  WS_UPDATE_INTERVAL: '1',
  // What a newcomer is given must not hang on whether others were there before.
  WS_IDLE_INTERVAL: '1',
  WS_RECENT_PICTURES: '8',
  WS_STUCK_TIMEOUT: '6',
  WS_HEARTBEAT_INTERVAL: '5',
  // No multiple of a sweep: a client that ends in the moment it is asked how it stands holds up the verdict on its neighbours.
  WS_CLOSE_TIMEOUT: '1.9',
  WS_UNSTABLE_RECONNECTS: '3',
};

export function simulatedConfig(): Config {
  const loaded = loadConfig({ argv: [], env: settings, dotenv: {}, workingDirectory: '/', version: 'simulated' });
  if (loaded.outcome !== 'config') throw new Error(`the simulation's settings are not allowed: ${loaded.text}`);
  return loaded.config;
}
