import { describe, expect, it } from 'vitest';
import { addedStats } from '../../src/cluster/node-board.ts';
import { statsSchema } from '../../src/protocol/http-view.ts';

const node = (factor: number, symbols: Record<string, number>) => ({
  active_connections: factor,
  messages_sent_1m: 2 * factor,
  slow_consumers: 3 * factor,
  subscriptions_by_symbol: symbols,
  subscriptions_by_channel: { heatmap: factor, liquidations: 8 * factor },
  messages_sent_total: 4 * factor,
  messages_dropped_total: 5 * factor,
  max_connections: 6 * factor,
  encodes_total: 7 * factor,
});

describe('the counts of all nodes together', () => {
  it('are the sums of each, by symbol too, and say how many nodes there were', () => {
    const sum = addedStats([node(1, { BTCUSDT: 1 }), node(10, { BTCUSDT: 2, ETHUSDT: 3 })]);
    expect(sum).toEqual({ ...node(11, { BTCUSDT: 3, ETHUSDT: 3 }), nodes: 2 });
    expect(statsSchema.parse(sum)).toEqual(sum);
  });
});
