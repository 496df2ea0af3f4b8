/** Colour ramps of 256 entries, from nothing to the most, and the scale on which densities are put on them. */

type Stop = readonly [at: number, red: number, green: number, blue: number];

/** Perceptually even: lightness rises all along. The first stop is the plot's own ground. */
const stops: Readonly<Record<string, readonly Stop[]>> = {
  heat: [
    [0, 19, 23, 34],
    [0.06, 40, 20, 66],
    [0.2, 58, 40, 120],
    [0.38, 45, 90, 150],
    [0.56, 30, 140, 140],
    [0.74, 60, 185, 110],
    [0.9, 180, 220, 60],
    [1, 255, 240, 80],
  ],
  viridis: [
    [0, 19, 23, 34],
    [0.04, 68, 1, 84],
    [0.25, 59, 82, 139],
    [0.5, 33, 145, 140],
    [0.75, 94, 201, 98],
    [1, 253, 231, 37],
  ],
  inferno: [
    [0, 12, 10, 24],
    [0.25, 87, 16, 110],
    [0.5, 188, 55, 84],
    [0.75, 249, 142, 9],
    [1, 252, 255, 164],
  ],
  grey: [
    [0, 24, 26, 32],
    [1, 245, 245, 245],
  ],
};

export type Palette = Uint32Array;

/** @returns colours as little-endian RGBA. */
export function palette(name: string): Palette {
  const list = stops[name] ?? stops.heat!;
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const at = i / 255;
    const next = Math.max(
      list.findIndex(([stop]) => stop >= at),
      1,
    );
    const [from, to] = [list[next - 1]!, list[next]!];
    const share = (at - from[0]) / (to[0] - from[0]);
    const channel = (n: 1 | 2 | 3) => Math.round(from[n] + (to[n] - from[n]) * share);
    return ((255 << 24) | (channel(3) << 16) | (channel(2) << 8) | channel(1)) >>> 0;
  });
}

export function cssOf(colour: number): string {
  return `rgb(${colour & 255} ${(colour >> 8) & 255} ${(colour >> 16) & 255})`;
}

/** Place of the middle one of all densities on the ramp: so most of the plot is dark, however densities are spread. */
const middlePlace = 0.36;
const exponents = { least: 0.3, most: 4 } as const;

/** The power of a density's share of the most that puts the middle one where it belongs. */
export function rampExponent(middle: number, most: number): number {
  const exponent = Math.log(middlePlace) / Math.log(middle / most);
  return Number.isFinite(exponent) ? Math.min(Math.max(exponent, exponents.least), exponents.most) : 1;
}

/** @param share of the most, 0–1. @returns place on the ramp, 0–1. */
export function rampPlace(share: number, exponent: number): number {
  return Math.min(Math.max(share, 0), 1) ** exponent;
}

/** "88.3M" */
export function compactUsd(usd: number): string {
  for (const [unit, size] of [
    ['B', 1e9],
    ['M', 1e6],
    ['K', 1e3],
  ] as const) {
    if (usd >= size) return `${(usd / size).toFixed(usd >= 100 * size ? 0 : 1)}${unit}`;
  }
  return usd.toFixed(0);
}
