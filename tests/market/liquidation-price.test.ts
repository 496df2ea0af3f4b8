import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  entryValueLiquidationPrice,
  isolatedLiquidationPrice,
  liquidationPrice,
  type Position,
} from '../../src/market/liquidation-price.ts';
import { type MarginTier, marginTierSet, tierForNotional, tiersOf } from '../../src/market/margin-tiers.ts';

const tierSet = marginTierSet(1)!;
const btcTiers = tiersOf(tierSet, 'BTCUSDT');

function oneTier(maintenanceRate: number, maintenanceAmount: number): readonly MarginTier[] {
  return [{ notionalCap: Number.POSITIVE_INFINITY, maintenanceRate, maintenanceAmount, maxLeverage: 125 }];
}

describe('the margin tiers', () => {
  it('have the maintenance amounts of the published table', () => {
    expect(btcTiers.map((tier) => tier.maintenanceAmount)).toEqual([
      0, 50, 950, 11_450, 131_450, 481_450, 2_981_450, 14_481_450, 26_481_450, 41_481_450, 121_481_450, 421_481_450,
    ]);
    expect(tiersOf(tierSet, 'ETHUSDT').map((tier) => tier.maintenanceAmount)).toEqual([
      0, 50, 950, 11_450, 131_450, 381_450, 2_006_450, 9_506_450, 17_506_450, 27_506_450, 80_506_450, 280_506_450,
    ]);
  });

  it('answer the fallback symbol where a symbol has none, and are not fooled by inherited names', () => {
    expect(tiersOf(tierSet, 'SOLUSDT')).toBe(btcTiers);
    expect(tiersOf(tierSet, '__proto__')).toBe(btcTiers);
  });

  it('take the bracket whose cap includes the notional, and the last one beyond all caps', () => {
    expect(tierForNotional(btcTiers, 50_000).maintenanceRate).toBe(0.004);
    expect(tierForNotional(btcTiers, 50_000.01).maintenanceRate).toBe(0.005);
    expect(tierForNotional(btcTiers, 1e12).maintenanceRate).toBe(0.5);
  });
});

describe('the liquidation price', () => {
  const btc = { side: 'long', quantity: 109.488, entryPrice: 32_481.98 } as const;
  const eth = { side: 'long', quantity: 3_683.979, entryPrice: 1_456.84 } as const;
  const wallet = 1_535_443.01;
  const btcMark = 31_967.27;
  const ethMark = 1_335.18;
  const btcTier = oneTier(0.025, 16_300);
  const ethTier = oneTier(0.1, 135_365);

  it('is the published one for two positions on one cross wallet', () => {
    const btcCollateral = {
      walletBalance: wallet,
      otherMaintenance: eth.quantity * ethMark * 0.1 - 135_365,
      otherUnrealisedProfit: eth.quantity * (ethMark - eth.entryPrice),
    };
    const ethCollateral = {
      walletBalance: wallet,
      otherMaintenance: btc.quantity * btcMark * 0.025 - 16_300,
      otherUnrealisedProfit: btc.quantity * (btcMark - btc.entryPrice),
    };
    expect(liquidationPrice(btc, btcCollateral, btcTier)!.toFixed(2)).toBe('26316.89');
    expect(liquidationPrice(eth, ethCollateral, ethTier)!.toFixed(2)).toBe('1153.26');
  });

  it('is the published one for the same two, isolated', () => {
    const isolated = { walletBalance: wallet, otherMaintenance: 0, otherUnrealisedProfit: 0 };
    expect(liquidationPrice(btc, isolated, btcTier)!.toFixed(2)).toBe('18778.73');
    expect(liquidationPrice(eth, isolated, ethTier)!.toFixed(2)).toBe('1114.78');
  });

  it.each([
    ['short', 5, '11.89108911'],
    ['short', 3, '13.21122112'],
    ['long', 5, '8.07070707'],
    ['long', 3, '6.72390572'],
  ] as const)('of one contract at 10 (rate .01, amount .01), %s %dx, is %s', (side, leverage, expected) => {
    const position = { side, quantity: 1, entryPrice: 10 };
    expect(isolatedLiquidationPrice(position, leverage, oneTier(0.01, 0.01))!.toFixed(8)).toBe(expected);
  });

  it('with maintenance at the entry value is 19,700 for 1 BTC at 20,000, 50x, rate 0.5 %', () => {
    const position = { side: 'long', quantity: 1, entryPrice: 20_000 } as const;
    expect(entryValueLiquidationPrice(position, 50, oneTier(0.005, 0))).toBeCloseTo(19_700, 9);
  });

  it('takes the bracket that holds at the liquidation price', () => {
    const short = { side: 'short', quantity: 10, entryPrice: 60_000 } as const;
    expect(isolatedLiquidationPrice(short, 20, btcTiers)!.toFixed(3)).toBe('62687.531');
  });

  it.each([
    [0.5, 10, '54216.8675'],
    [10, 20, '57281.4070'],
    [100, 25, '58066.1616'],
    [1000, 20, '58029.1327'],
  ])('of a long of %d BTC at 60,000, %dx, is %s', (quantity, leverage, expected) => {
    const position = { side: 'long', quantity, entryPrice: 60_000 } as const;
    expect(isolatedLiquidationPrice(position, leverage, btcTiers)!.toFixed(4)).toBe(expected);
  });

  it('is null for a long without leverage', () => {
    expect(isolatedLiquidationPrice({ side: 'long', quantity: 1, entryPrice: 60_000 }, 1, btcTiers)).toBeNull();
  });

  it('is where equity equals the maintenance margin, for any position', () => {
    const positions = fc.record({
      side: fc.constantFrom('long' as const, 'short' as const),
      quantity: fc.double({ min: 1e-3, max: 1e4, noNaN: true }),
      entryPrice: fc.double({ min: 1, max: 1e5, noNaN: true }),
    });
    fc.assert(
      fc.property(positions, fc.double({ min: 1.01, max: 125, noNaN: true }), (position: Position, leverage) => {
        const price = isolatedLiquidationPrice(position, leverage, btcTiers);
        if (price === null) return;
        const entryNotional = position.quantity * position.entryPrice;
        const sign = position.side === 'long' ? 1 : -1;
        const equity = entryNotional / leverage + sign * position.quantity * (price - position.entryPrice);
        const tier = tierForNotional(btcTiers, position.quantity * price);
        const maintenance = position.quantity * price * tier.maintenanceRate - tier.maintenanceAmount;
        expect(Math.abs(equity - maintenance)).toBeLessThanOrEqual(1e-9 * entryNotional);
      }),
    );
  });
});
