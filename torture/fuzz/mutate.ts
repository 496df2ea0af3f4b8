/** Inputs that are nearly right: good ones with some of their bytes turned, lost, doubled, moved, or replaced by such as break parsers. */
import type { Dice } from '../../tests/simulation/dice.ts';

const mostChanges = 6;
const mostMoved = 64;
const breakers = [
  '\0',
  '\r\n',
  '\n',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\',
  '%',
  '%00',
  '\u2028',
  '\ud800',
  '\ufeff',
];
const numbers = [
  '0',
  '-0',
  '-1',
  '1e309',
  '-1e309',
  'NaN',
  '9007199254740993',
  '0x10',
  '1e-400',
  '00',
  '.5',
  '5.',
  '١',
];
const names = ['__proto__', 'constructor', 'toString', 'null', 'true', '', ' '];

export const oddTexts: readonly string[] = [...breakers, ...numbers, ...names];

/** @param others good inputs, from which parts are taken. */
export function mutatedBytes(input: Uint8Array, others: readonly Uint8Array[], dice: Dice): Uint8Array<ArrayBuffer> {
  let bytes = Buffer.from(input);
  for (let changes = dice.whole(1, dice.whole(1, mostChanges)); changes > 0; changes--) {
    const at = dice.whole(0, bytes.length);
    const to = Math.min(at + dice.whole(0, mostMoved), bytes.length);
    switch (dice.whole(0, 6)) {
      case 0:
        if (bytes.length > 0) bytes[Math.min(at, bytes.length - 1)]! ^= 1 << dice.whole(0, 7);
        break;
      case 1:
        if (bytes.length > 0)
          bytes[Math.min(at, bytes.length - 1)] = dice.pick([0, 1, 0x7f, 0x80, 0xff, dice.whole(0, 255)]);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(dice.pick(oddTexts)), bytes.subarray(at)]);
        break;
      case 5: {
        const other = dice.pick(others);
        const from = dice.whole(0, other.length);
        const part = other.subarray(from, from + dice.whole(0, mostMoved));
        bytes = Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
        break;
      }
      default:
        if (dice.chance(0.3)) bytes = bytes.subarray(0, at);
    }
  }
  return new Uint8Array(bytes);
}

export function mutatedText(input: string, others: readonly string[], dice: Dice): string {
  let text = input;
  for (let changes = dice.whole(1, dice.whole(1, mostChanges)); changes > 0; changes--) {
    const at = dice.whole(0, text.length);
    const to = Math.min(at + dice.whole(0, mostMoved), text.length);
    switch (dice.whole(0, 5)) {
      case 0:
        text = text.slice(0, at) + String.fromCharCode(dice.whole(0, dice.pick([127, 255, 65_535]))) + text.slice(at);
        break;
      case 1:
        text = text.slice(0, at) + dice.pick(oddTexts) + text.slice(dice.chance(0.5) ? at : to);
        break;
      case 2:
        text = text.slice(0, at) + text.slice(to);
        break;
      case 3:
        text = text.slice(0, to) + text.slice(at);
        break;
      case 4: {
        const other = dice.pick(others);
        const from = dice.whole(0, other.length);
        text = text.slice(0, at) + other.slice(from, from + dice.whole(0, mostMoved)) + text.slice(at);
        break;
      }
      default:
        text = text.replace(/-?\d+(\.\d+)?/, dice.pick(numbers));
    }
  }
  return text;
}
