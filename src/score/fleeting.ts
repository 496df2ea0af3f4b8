/**
 * Positions that open within an interval and are force-closed in it: no book frozen at the start can hold them, and in a quiet
 * half-hour on well-trodden ground they are most of what is liquidated.
 *
 * They open at every close of the path at an even rate, over the same ladder as all others; what a later low (high) reaches is gone.
 */
import type { PositionSide } from '../market/event.ts';
import type { LeverageLadder } from '../market/leverage-ladder.ts';
import type { IntervalPath } from './price-path.ts';

/** @param opensAStep contracts that a side opens each step of the path. @returns USD at the prices of their liquidation. */
export function fleetingUsd(
  side: PositionSide,
  path: IntervalPath,
  ladder: LeverageLadder,
  opensAStep: number,
): number {
  const isLong = side === 'long';
  const multipliers = ladder[side];
  const { steps, open } = path;
  let usd = 0;
  let farthest = isLong ? Number.POSITIVE_INFINITY : 0;
  // Backwards, so that the farthest price of all later steps is at hand.
  for (let step = steps.length - 1; step >= -1; step--) {
    const entry = step < 0 ? open : steps[step]!.close;
    for (let r = 0; r < multipliers.length; r++) {
      const price = entry * multipliers[r]!;
      if (isLong ? farthest > price : farthest < price) break;
      usd += ladder.weight[r]! * price;
    }
    if (step >= 0) farthest = isLong ? Math.min(farthest, steps[step]!.low) : Math.max(farthest, steps[step]!.high);
  }
  return usd * opensAStep;
}
