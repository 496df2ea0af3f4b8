/** What kind of client one is: drawn once, and kept through all its connections. */
import type { Dice } from './dice.ts';

export interface ClientHabits {
  readonly address: string;
  readonly takesDeflated: boolean;
  readonly linkMs: readonly [least: number, most: number];
  readonly reads: 'promptly' | 'slowly' | 'by fits';
  /** From one thing it says to the next. */
  readonly talksEveryMs: readonly [least: number, most: number];
  readonly deltaShare: number;
  readonly kernelBytes: number;
  /** How much more likely it leaves, vanishes or floods than others. */
  readonly rowdiness: number;
}

/** Several share one: that of a proxy. */
const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];

export function drawHabits(dice: Dice): ClientHabits {
  const fastest = dice.ms(0.25, 60);
  return {
    address: dice.pick(addresses),
    takesDeflated: dice.chance(0.4),
    linkMs: [fastest, fastest * dice.whole(1, 3)],
    reads: dice.weighted({ promptly: 5, slowly: 2, 'by fits': 3 }),
    talksEveryMs: [200, dice.pick([1500, 4000, 12_000])],
    deltaShare: dice.pick([0, 0.5, 1, 1]),
    kernelBytes: dice.pick([1000, 20_000, 4_000_000]),
    rowdiness: dice.pick([0, 1, 1, 4]),
  };
}

/** Time to the next frame for one that reads, in ms. */
export function readingMs(reads: ClientHabits['reads'], dice: Dice): number {
  return reads === 'slowly' ? dice.ms(100, 1500) : dice.ms(0, 3);
}

export type Deed =
  | 'subscribe'
  | 'unsubscribe'
  | 'ping'
  | 'socket ping'
  | 'nonsense'
  | 'flood'
  | 'stand still'
  | 'leave'
  | 'vanish';

export function drawDeed({ reads, rowdiness }: ClientHabits, dice: Dice): Deed {
  return dice.weighted<Deed>({
    subscribe: 40,
    unsubscribe: 12,
    ping: 8,
    'socket ping': 4,
    nonsense: 8,
    flood: rowdiness,
    'stand still': reads === 'by fits' ? 25 : 0,
    leave: 4 * rowdiness,
    vanish: 4 * rowdiness,
  });
}

export function drawNonsense(dice: Dice): string {
  return dice.pick([
    'not json',
    '[]',
    'null',
    '{}',
    '{"action":7}',
    '{"action":"dance"}',
    '{"action":"subscribe"}',
    '{"action":"subscribe","symbols":[]}',
    '{"action":"subscribe","symbols":["XYZUSDT"],"id":"x"}',
    '{"action":"subscribe","symbols":["BTCUSDT"],"mode":"sideways"}',
    '{"action":"subscribe","symbols":["BTCUSDT"],"resume":{"BTCUSDT":{"epoch":"e1","seq":1}}}',
    `{"action":"ping","padding":"${'x'.repeat(70_000)}"}`,
  ]);
}
