/** A snapshot of the scenarios: as large as asked for, with the time it was made where a client finds it without parsing. */

/** Nanoseconds of a clock that all processes of a machine share, in µs. */
export const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

const prefix = '{"type":"snapshot","symbol":"BTCUSDT","at_us":';
const stampDigits = 16;
/** Where the digits lie in the payload. */
export const stampStart = prefix.length;
export const stampEnd = prefix.length + stampDigits;

export function payloadText(levels: number): string {
  const rows = Array.from({ length: levels }, (_, i) => ({
    price: 75_000 + i * 100,
    long_density: i < levels / 2 ? 1_234_567 + i * 7 : 0,
    short_density: i < levels / 2 ? 0 : 2_234_567 + i * 3,
  }));
  return `${prefix}${'0'.repeat(stampDigits)},"data":${JSON.stringify({ levels: rows })}}`;
}

export function stamped(text: string, us: number): string {
  return text.slice(0, stampStart) + String(us).padStart(stampDigits, '0') + text.slice(stampEnd);
}
