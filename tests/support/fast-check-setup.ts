/** How often a property is tried: enough to be quick at hand, and a thousand times where it counts. */
import fc from 'fast-check';

const runs = Number(process.env.FAST_CHECK_RUNS ?? (process.env.CI === 'true' ? 1000 : 100));
fc.configureGlobal({ numRuns: runs });
