/** Targets of requests: the query about the past is understood or refused, and no credential is left in what may be logged. */
import { parseHistoryQuery } from '../../src/protocol/history-query.ts';
import { credentialOf, withoutCredential } from '../../src/server/access/credential.ts';
import { parametersOf, pathOf } from '../../src/server/paths.ts';
import type { Dice } from '../../tests/simulation/dice.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { mutatedText, oddTexts } from './mutate.ts';

const good = [
  '/liquidations/heatmap-timeseries?symbol=BTCUSDT&interval=1h&price_bin_size=500',
  '/liquidations/heatmap-timeseries?symbol=BTCUSDT&start_time=2025-06-13T00%3A00%3A00Z&end_time=1749859200000&limit=5',
  '/liquidations/heatmap-timeseries?symbol=ETHUSDT&leverage=1-10x,25-50x,20&mode=delta',
  '/health?verbose=1',
  'http://localhost:8000/ws/stats',
  '/ws/heatmap?access_token=eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln',
];
const names = [
  'symbol',
  'start_time',
  'end_time',
  'interval',
  'price_bin_size',
  'leverage',
  'limit',
  'mode',
  'access_token',
  'x',
];
const values = ['BTCUSDT', '15m', '1d', '0', '1', '500', '2026-01-01T00:00:00Z', '1-10x', 'delta', ...oddTexts];
const longestError = 1000;

export class QueryTarget implements FuzzTarget {
  try(dice: Dice): string {
    const target = targetText(dice);
    pathOf(target);
    const shown = withoutCredential(target);
    if (credentialOf({}, shown) !== null) {
      throw new Error(`a credential is left in ${JSON.stringify(shown)}`);
    }
    const parsed = parseHistoryQuery(parametersOf(shown));
    if (parsed.ok) return 'understood';
    if (parsed.message.length > longestError) throw new Error(`an error of ${parsed.message.length} characters`);
    return 'refused';
  }

  close(): void {}
}

export function targetText(dice: Dice): string {
  if (dice.chance(0.5)) return mutatedText(dice.pick(good), good, dice);
  const encode = dice.chance(0.7) ? encodeURIComponent : (text: string) => text;
  const pairs = Array.from({ length: dice.whole(0, 6) }, () => {
    const value = dice.pick(values);
    return `${dice.pick(names)}=${value.isWellFormed() ? encode(value) : value}`;
  });
  return `/liquidations/heatmap-timeseries?${pairs.join('&')}`;
}
