/** How often a channel without clients gets a picture: those of one venue are drawn for clients only, and there are many. */
import type { Config } from '../config.ts';
import { picturedBy } from '../market/picture-name.ts';

export function idleTicksOf(name: string, { idleTicks }: Pick<Config, 'idleTicks'>): number {
  return picturedBy(name).venue === null ? idleTicks : Number.POSITIVE_INFINITY;
}
