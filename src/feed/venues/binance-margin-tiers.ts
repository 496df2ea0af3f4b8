/**
 * Binance's `contractInfo` as margin tiers. It is told when something about a contract changes, with its brackets (`bks`) only when
 * they did: `bnf` and `bnc` are floor and cap in USDT, `mmr` the maintenance rate, `cf` the amount, `ma` the highest leverage.
 */
import type { DecodedFrame } from './decoded-frame.ts';
import { FrameError } from './frame-error.ts';
import { type Fields, fieldsOf, listOf, shown, textOf, wholeOf } from './frame-fields.ts';
import { type MarginBracket, marginTierTable } from './margin-tier-table.ts';

export function binanceMarginTiers(payload: Fields): DecodedFrame {
  // A listing is announced before it has brackets, with an empty list.
  if (payload.bks === undefined || (Array.isArray(payload.bks) && payload.bks.length === 0)) {
    return { outcome: 'unused', topic: 'contractInfo' };
  }
  try {
    const symbol = textOf(payload, 's');
    const time = wholeOf(payload, 'E');
    const brackets = listOf(payload.bks, 'bks').map((entry) => fieldsOf(entry, 'bks'));
    let floor = 0;
    const read = brackets.map((entry): MarginBracket => {
      if (entry.bnf !== floor) throw new FrameError('bad_tiers', `${symbol}: bnf is ${shown(entry.bnf)}, not ${floor}`);
      floor = numberOf(entry, 'bnc');
      return {
        notionalCap: floor,
        maintenanceRate: numberOf(entry, 'mmr'),
        maintenanceAmount: numberOf(entry, 'cf'),
        maxLeverage: numberOf(entry, 'ma'),
      };
    });
    const tiers = marginTierTable(symbol, read);
    return { outcome: 'margin_tiers', symbol, observation: { kind: 'margin_tiers', time, id: time, tiers } };
  } catch (error) {
    if (error instanceof FrameError) {
      return { outcome: 'bad_margin_tiers', error: new FrameError('bad_tiers', error.message) };
    }
    throw error;
  }
}

/** Brackets are told in numbers, unlike prices. */
function numberOf(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value === 'number' && value >= 0) return value;
  throw new FrameError('bad_tiers', `${name} is ${JSON.stringify(value)}, not a number`);
}
