/** What a seed says of one history of kills: the server it happens to, and when each of its lives ends. */
import { Random } from '../../src/feed/random.ts';
import { generatorVersion } from '../../src/feed/simulated-market.ts';
import { candleSymbols } from './candle-files.ts';

export interface PlannedLife {
  /**
   * What the time until the kill is counted from. `start`: the process was started, and nobody connects. `arrived`: every client has
   * come to where the log left off. `moving`: there is something new since.
   */
  readonly from: 'start' | 'arrived' | 'moving';
  readonly killAfterMs: number;
  /** Whether it is killed at the first picture that comes after this time: what was shown last must not be lost either. */
  readonly isKilledAtPicture: boolean;
  /** When a client's connection is cut and opened again, if the server still lives. */
  readonly reconnectAfterMs: number;
}

export interface KillPlan {
  readonly name: string;
  readonly symbols: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
  readonly streamPrefix: string;
  readonly lives: readonly PlannedLife[];
}

const mostLives = 12;
const longestStartMs = 800;
export const longestLoadMs = 1500;
const slowestPace = 600;
const fastestPace = 600_000;

/** @param candles path by symbol. */
export function killPlan(seed: number, candles: ReadonlyMap<string, string>): KillPlan {
  const random = new Random(`kill9-${seed}`);
  const upTo = (most: number) => Math.floor(random.uniform() * most);
  const symbols = candleSymbols.slice(upTo(candleSymbols.length - 1));
  const source = sourceOf(random, seed, symbols, candles);
  const threads = String(1 + upTo(2));
  const lives = Array.from({ length: 2 + upTo(mostLives - 1) }, (): PlannedLife => {
    const dice = random.uniform();
    const from = dice < 0.2 ? 'start' : dice < 0.4 ? 'arrived' : 'moving';
    const killAfterMs = upTo(from === 'start' ? longestStartMs : longestLoadMs);
    const isKilledAtPicture = from !== 'start' && random.uniform() < 0.5;
    return { from, killAfterMs, isKilledAtPicture, reconnectAfterMs: upTo(longestLoadMs) };
  });
  return {
    name: `${source.name}, ${symbols.length} symbols, ${threads} connection thread(s)`,
    symbols,
    streamPrefix: source.streamPrefix,
    settings: { ...source.settings, WS_THREADS: threads },
    lives,
  };
}

function sourceOf(random: Random, seed: number, symbols: readonly string[], candles: ReadonlyMap<string, string>) {
  const dice = random.uniform();
  if (dice < 0.2) {
    const hours = String(1 + Math.floor(random.uniform() * 6));
    return {
      name: `${hours} h simulated`,
      streamPrefix: `simulated-v${generatorVersion}-${seed}`,
      settings: {
        SOURCE: 'simulated',
        SYMBOLS: symbols.join(),
        SIMULATED_SEED: String(seed),
        SIMULATED_HISTORY: hours,
      },
    };
  }
  // At 0 batches are large and close to each other; at a pace there is one a candle, and a while between them when it is slow.
  const pace = Math.floor(slowestPace * (fastestPace / slowestPace) ** random.uniform());
  const speed = dice < 0.65 ? '0' : String(pace);
  return {
    name: `recorded at speed ${speed}`,
    streamPrefix: 'recorded',
    settings: {
      SOURCE: 'recorded',
      RECORDED_FILES: symbols.map((symbol) => `${symbol}=${candles.get(symbol)}`).join(),
      RECORDED_SPEED: speed,
    },
  };
}
