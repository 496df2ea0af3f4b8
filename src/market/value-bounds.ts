/** What a price, a quantity or a time may be at all. Wider than any market, narrow enough that arithmetic on them stays finite. */

/** USD. */
export const minPrice = 1e-12;
export const maxPrice = 1e12;
/** Base units. */
export const maxContracts = 1e15;
/** ms since 1970; the last moment that a `Date` can hold. */
export const maxTimeMs = 8.64e15;
