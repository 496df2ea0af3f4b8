import { describe, expect, it } from 'vitest';
import { addedAgreements, addedHealth } from '../../../src/feed/venues/gathered-listening.ts';
import { type VenueHealth, venueHealthSchema } from '../../../src/protocol/venue-health.ts';

const one: VenueHealth = {
  connected: true,
  connections: 1,
  connections_wanted: 1,
  stale: false,
  last_event: '2026-03-01T00:00:01.000Z',
  interruptions: 1,
  gaps_found: 2,
  trades_filled: 3,
  duplicates: 4,
  late: 5,
  overflowed: 6,
  waiting: 7,
  lag_ms: 80,
  slowest_lag_ms: 90,
  clock_skew_ms: -3,
  open_interest_age_ms: 1000,
  decoded_share: 1,
  errors: { not_json: 1 },
  requests_failed: 8,
  liquidations: 'complete',
};
const worse: VenueHealth = {
  ...one,
  connected: false,
  connections: 0,
  stale: true,
  last_event: '2026-03-01T00:00:00.000Z',
  lag_ms: 200,
  slowest_lag_ms: null,
  clock_skew_ms: null,
  open_interest_age_ms: null,
  decoded_share: 0.5,
  errors: { not_json: 2, bad_side: 1 },
};

describe('the health of a venue that several feeds listen to', () => {
  const expected = {
    connected: false,
    connections: 1,
    connections_wanted: 2,
    stale: true,
    last_event: '2026-03-01T00:00:01.000Z',
    interruptions: 2,
    gaps_found: 4,
    trades_filled: 6,
    duplicates: 8,
    late: 10,
    overflowed: 12,
    waiting: 14,
    lag_ms: 200,
    slowest_lag_ms: 90,
    clock_skew_ms: -3,
    open_interest_age_ms: 1000,
    decoded_share: 0.5,
    errors: { not_json: 3, bad_side: 1 },
    requests_failed: 16,
    liquidations: 'complete',
  };

  it('adds counts and shows the worse of the rest, whichever comes first, and leaves no field out', () => {
    expect(addedHealth(one, worse)).toEqual(expected);
    expect(addedHealth(worse, one)).toEqual(expected);
    expect(Object.keys(expected)).toEqual(Object.keys(venueHealthSchema.shape));
  });

  it('counts the minutes in which two venues agree by pair, each symbol by its minutes', () => {
    const pair = ['binance', 'bybit'] as [string, string];
    const other = ['binance', 'okx'] as [string, string];
    expect(
      addedAgreements([
        { venues: pair, minutes: 30, share: 0.9, alarming: false },
        { venues: other, minutes: 0, share: null, alarming: false },
        { venues: pair, minutes: 10, share: 0.1, alarming: true },
      ]),
    ).toEqual([
      { venues: pair, minutes: 40, share: 0.7, alarming: true },
      { venues: other, minutes: 0, share: null, alarming: false },
    ]);
    expect(addedAgreements([])).toEqual([]);
  });
});
