/** Whose facts they are. Recorded and simulated sources name no venue. */

/** Codes are stored; never renumber, only add. 0 stands for a source that names none. */
export const venueCodes = { binance: 1, bybit: 2, okx: 3 } as const;

export type VenueName = keyof typeof venueCodes;

export const venueNames = ['binance', 'bybit', 'okx'] as const satisfies readonly VenueName[];

/** Codes are below this. */
export const venueCodeEnd = 4;

export function venueOfCode(code: number): VenueName | undefined {
  return venueNames.find((name) => venueCodes[name] === code);
}

export function isVenueName(name: string): name is VenueName {
  return Object.hasOwn(venueCodes, name);
}
