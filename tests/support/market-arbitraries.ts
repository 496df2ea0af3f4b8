/** Events of every kind for property tests: sensible sequences, and hostile ones that no venue would send. */
import fc from 'fast-check';
import type { MarketEvent } from '../../src/market/event.ts';

const side = fc.constantFrom('long' as const, 'short' as const);
const taker = fc.constantFrom('buy' as const, 'sell' as const);

export interface Numbers {
  readonly price: fc.Arbitrary<number>;
  readonly contracts: fc.Arbitrary<number>;
  readonly time: fc.Arbitrary<number>;
  readonly id: fc.Arbitrary<number>;
}

/** Prices around 100, so that sequences cross what they opened. */
export const sensible: Numbers = {
  price: fc.double({ min: 60, max: 160, noNaN: true }),
  contracts: fc.double({ min: 0.001, max: 1000, noNaN: true }),
  time: fc.integer({ min: 1, max: 1_000_000_000 }),
  id: fc.nat(),
};

const anyNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, -1, 1e300, 5e-324, 1e12, 1e15),
  sensible.price,
);
export const hostile: Numbers = { price: anyNumber, contracts: anyNumber, time: anyNumber, id: anyNumber };

export function eventOf({ price, contracts, time, id }: Numbers): fc.Arbitrary<MarketEvent> {
  const base = { time, id };
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('trade' as const), ...base, price, quantity: contracts, taker }),
    },
    {
      weight: 3,
      arbitrary: fc
        .record({
          kind: fc.constant('candle' as const),
          ...base,
          prices: fc.tuple(price, price, price, price),
          volume: contracts,
          share: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        })
        .map(({ prices, share, ...rest }) => {
          const [a, b, c, d] = prices;
          const [open, close] = [a, b];
          const [low, high] = [Math.min(a, b, c, d), Math.max(a, b, c, d)];
          return { ...rest, open, high, low, close, takerBuyVolume: share === null ? null : share * rest.volume };
        }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('mark_price' as const), ...base, price }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('open_interest' as const), ...base, contracts }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('liquidation' as const), ...base, price, quantity: contracts, side }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('gap_detected' as const), ...base, from: id, to: id }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('model_set' as const),
        ...base,
        tiers: fc.constantFrom(0, 1, 2),
        ladder: fc.constantFrom(0, 1, 2),
        churn: fc.oneof(fc.constantFrom(0, 0.5, 1), price),
        halfLifeMs: fc.oneof(fc.constantFrom(3_600_000, 86_400_000), price),
      }),
    },
  );
}

export const modelSet: MarketEvent = {
  kind: 'model_set',
  time: 1,
  id: 1,
  tiers: 1,
  ladder: 1,
  churn: 0.5,
  halfLifeMs: 86_400_000,
};

export const sensibleEvents = fc.array(eventOf(sensible), { minLength: 1, maxLength: 60 });
export const hostileEvents = fc.array(fc.oneof(eventOf(hostile), eventOf(sensible)), { minLength: 1, maxLength: 60 });
