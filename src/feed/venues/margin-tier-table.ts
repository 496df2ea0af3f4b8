/**
 * A venue's brackets as a table of margin tiers, or the reason why it cannot be one. A table that is taken holds: caps rise, rates do
 * not fall and lie below the initial margin, leverage does not rise, and the maintenance margin is continuous from bracket to bracket.
 */
import type { MarginTier } from '../../market/margin-tiers.ts';
import { FrameError } from './frame-error.ts';

/** A bracket as it was told; `maintenanceAmount` is `null` where the venue leaves it out. */
export interface MarginBracket extends Omit<MarginTier, 'maintenanceAmount'> {
  readonly maintenanceAmount: number | null;
}

/** Each bracket is an event of the log; the longest known table has 35. */
const mostBrackets = 200;
/** USD; venues round amounts. */
const widestStep = 1;

/**
 * Amounts that were left out follow from caps and rates, as in the bundled table: they make the margin continuous.
 *
 * @param brackets in order of their caps.
 * @throws {FrameError} `bad_tiers`, with symbol and bracket.
 */
export function marginTierTable(symbol: string, brackets: readonly MarginBracket[]): readonly MarginTier[] {
  const refuse = (why: string): never => {
    throw new FrameError('bad_tiers', `margin tiers of ${symbol}: ${why}`);
  };
  if (brackets.length === 0) refuse('there are none');
  if (brackets.length > mostBrackets) refuse(`${brackets.length} brackets are more than ${mostBrackets}`);
  const tiers: MarginTier[] = [];
  for (const [i, bracket] of brackets.entries()) {
    const before = tiers[i - 1] ?? { notionalCap: 0, maintenanceRate: bracket.maintenanceRate, maintenanceAmount: 0 };
    const { notionalCap, maintenanceRate, maxLeverage } = bracket;
    const continuous = rounded(
      before.maintenanceAmount + before.notionalCap * (maintenanceRate - before.maintenanceRate),
    );
    const maintenanceAmount = bracket.maintenanceAmount ?? continuous;
    const name = `bracket ${i + 1}`;
    if (!(notionalCap > before.notionalCap)) {
      refuse(`${name} ends at ${notionalCap}, not above ${before.notionalCap}`);
    }
    if (!(maintenanceRate > 0 && maintenanceRate >= before.maintenanceRate)) {
      refuse(`${name} has rate ${maintenanceRate} behind ${before.maintenanceRate}`);
    }
    if (!(maxLeverage >= 1 && maxLeverage <= (tiers[i - 1]?.maxLeverage ?? Number.MAX_VALUE))) {
      refuse(`${name} has leverage ${maxLeverage}`);
    }
    if (maintenanceRate * maxLeverage >= 1) {
      refuse(`${name} asks for a rate of ${maintenanceRate} at leverage ${maxLeverage}: more than the initial margin`);
    }
    if (!(Math.abs(maintenanceAmount - continuous) <= widestStep)) {
      refuse(`${name} has amount ${maintenanceAmount}, and ${continuous} would be continuous`);
    }
    tiers.push({ notionalCap, maintenanceRate, maintenanceAmount, maxLeverage });
  }
  return tiers;
}

/** Without the hair that a product of binary fractions lies beside its decimals. */
function rounded(amount: number): number {
  return Math.round(amount * 1e6) / 1e6;
}
