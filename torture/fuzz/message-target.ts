/** What clients say: any text is a message or an error of bounded length, and costs no more than its size. */
import { maxMessageCharacters, parseClientMessage } from '../../src/protocol/client-message.ts';
import type { Dice } from '../../tests/simulation/dice.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { mutatedText, oddTexts } from './mutate.ts';

const good: readonly string[] = [
  { action: 'subscribe', symbols: ['BTCUSDT', 'ETHUSDT'], update_interval: 5, mode: 'delta', id: 7 },
  { action: 'subscribe', symbols: ['BTCUSDT'], mode: 'delta', resume: { BTCUSDT: { epoch: '9b82', seq: 269130 } } },
  { action: 'unsubscribe', symbols: ['ETHUSDT'], id: 'x' },
  { action: 'replay', symbol: 'BTCUSDT', from: '2026-01-02T00:00:00Z', to: 5000, speed: 60, update_interval: 1 },
  { action: 'authenticate', token: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln' },
  { action: 'ping' },
].map((message) => JSON.stringify(message));

const actions = ['subscribe', 'unsubscribe', 'replay', 'ping', 'authenticate', 'dance', 'PING'];
const fields = [
  'action',
  'symbols',
  'symbol',
  'update_interval',
  'mode',
  'resume',
  'id',
  'from',
  'to',
  'speed',
  'token',
  '__proto__',
];
const longestError = 1000;

export class MessageTarget implements FuzzTarget {
  try(dice: Dice): string {
    const text = dice.chance(0.5) ? mutatedText(dice.pick(good), good, dice) : madeMessage(dice);
    const parsed = parseClientMessage(text);
    if (parsed.ok) return 'understood';
    const { code, message } = parsed.error;
    if (message.length > longestError) throw new Error(`an error of ${message.length} characters: ${message}`);
    return code;
  }

  close(): void {}
}

export function messageText(dice: Dice): string {
  return dice.chance(0.5) ? dice.pick(good) : mutatedText(dice.pick(good), good, dice);
}

/** By the grammar of JSON, with names that mean something and values that may not. */
function madeMessage(dice: Dice): string {
  const pairs = Array.from({ length: dice.whole(0, 6) }, () => {
    const name = dice.pick(fields);
    const value = name === 'action' && dice.chance(0.8) ? JSON.stringify(dice.pick(actions)) : madeValue(dice, 0);
    return `${JSON.stringify(name)}:${value}`;
  });
  return `{${pairs.join(',')}}`;
}

function madeValue(dice: Dice, depth: number): string {
  switch (dice.whole(0, depth > 3 ? 3 : 6)) {
    case 0:
      return dice.pick(['true', 'false', 'null', '{}', '[]']);
    case 1:
      return String((dice.uniform() - 0.5) * 10 ** dice.whole(-320, 320));
    case 2:
      return JSON.stringify(dice.pick(oddTexts));
    case 3:
      return JSON.stringify('BTCUSDT'.repeat(dice.chance(0.02) ? dice.whole(0, maxMessageCharacters / 7) : 1));
    case 4:
      return `[${Array.from({ length: dice.whole(0, 12) }, () => madeValue(dice, depth + 1)).join(',')}]`;
    case 5:
      return `{${dice.pick(fields.map((name) => JSON.stringify(name)))}:${madeValue(dice, depth + 1)}}`;
    default: {
      const deep = dice.chance(0.02) ? dice.whole(1, 20_000) : dice.whole(1, 20);
      return '['.repeat(deep) + ']'.repeat(deep);
    }
  }
}
