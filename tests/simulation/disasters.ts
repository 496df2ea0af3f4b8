/** What befalls the server of one simulation, and when: drawn before it begins. */
import type { Dice } from './dice.ts';

export type Disaster =
  /** For so long nobody gets a turn. */
  | { readonly name: 'stall'; readonly ms: number }
  /** For so long nothing can be written. */
  | { readonly name: 'outage'; readonly ms: number }
  | { readonly name: 'damaged store' | 'lost answer'; readonly symbol: string }
  | { readonly name: 'failed opening' | 'damaged checkpoint' | 'lost render'; readonly times: number }
  /** The next write to this client throws. */
  | { readonly name: 'broken socket'; readonly client: number }
  /** Everything is dropped; with an empty disk the streams begin anew. */
  | { readonly name: 'crash'; readonly downMs: number; readonly isDiskLost: boolean }
  /** A stop as it should be, and a start; the disk may fill up in that moment. */
  | { readonly name: 'restart'; readonly downMs: number; readonly isDiskFull: boolean };

export interface TimedDisaster {
  /** ms after the beginning. */
  readonly at: number;
  readonly disaster: Disaster;
}

const most = 8;

export function drawDisasters(dice: Dice, withinMs: number, symbols: readonly string[]): TimedDisaster[] {
  return Array.from({ length: dice.whole(0, most) }, () => {
    return { at: drawTime(dice, withinMs), disaster: drawDisaster(dice, symbols) };
  });
}

/** Often just behind a whole second, when most is under way: the feed gives and ticks come every second. */
function drawTime(dice: Dice, withinMs: number): number {
  const at = dice.ms(500, withinMs);
  return dice.chance(0.5) ? Math.floor(at / 1000) * 1000 + dice.ms(0, 30) : at;
}

function drawDisaster(dice: Dice, symbols: readonly string[]): Disaster {
  const name = dice.weighted<Disaster['name']>({
    stall: 4,
    outage: 3,
    'damaged store': 4,
    'lost answer': 2,
    'failed opening': 1,
    'damaged checkpoint': 2,
    'lost render': 3,
    'broken socket': 3,
    crash: 4,
    restart: 2,
  });
  switch (name) {
    case 'stall':
      return { name, ms: dice.chance(0.7) ? dice.ms(20, 900) : dice.ms(900, 4000) };
    case 'outage':
      return { name, ms: dice.chance(0.7) ? dice.ms(200, 5000) : dice.ms(5000, 25_000) };
    case 'damaged store':
    case 'lost answer':
      return { name, symbol: dice.pick(symbols) };
    case 'failed opening':
    case 'damaged checkpoint':
    case 'lost render':
      return { name, times: dice.whole(1, 2) };
    case 'broken socket':
      return { name, client: dice.whole(0, 99) };
    case 'crash':
      return { name, downMs: dice.ms(100, 3000), isDiskLost: dice.chance(0.2) };
    case 'restart':
      return { name, downMs: dice.ms(100, 2000), isDiskFull: dice.chance(0.5) };
    default:
      return name satisfies never;
  }
}
