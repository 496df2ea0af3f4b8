/** One thing that takes in what strangers send: it makes an input from the dice, tries it, and says what became of it. */
import type { Dice } from '../../tests/simulation/dice.ts';

export interface FuzzTarget {
  /** @returns the outcome's name. @throws when the input was neither taken nor refused as it must be. */
  try(dice: Dice): string | Promise<string>;
  /** After the last. @throws when something is left that should have ended. */
  close(): void | Promise<void>;
}
