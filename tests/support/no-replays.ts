/** For whoever serves no past. */
import type { ReplaySource } from '../../src/actors/replay-source.ts';

export const noReplays: ReplaySource = {
  step: () => Promise.reject(new Error('there is no past here')),
};
