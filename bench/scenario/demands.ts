/** What a scenario demanded and what it got, as rows of a table. */
export class Demands {
  readonly rows: (readonly string[])[] = [];
  readonly misses: string[] = [];

  /** @param got NaN when nothing came to be measured, which is a miss. */
  atMost(what: string, got: number, bound: number, unit: string): void {
    this.#add(what, `≤ ${shown(bound)} ${unit}`, `${shown(got)} ${unit}`, got <= bound);
  }

  moreThan(what: string, got: number, bound: number, unit: string): void {
    this.#add(what, `> ${shown(bound)} ${unit}`, `${shown(got)} ${unit}`, got > bound);
  }

  equal(what: string, got: number | string, wanted: number | string): void {
    this.#add(what, String(wanted), String(got), got === wanted);
  }

  /** What is good to know and nothing is demanded of. */
  note(what: string, got: string): void {
    this.rows.push([what, '', got, '']);
  }

  #add(what: string, demanded: string, got: string, isMet: boolean): void {
    this.rows.push([what, demanded, got, isMet ? 'met' : 'MISSED']);
    if (!isMet) this.misses.push(`${what}: ${got}, demanded ${demanded}`);
  }
}

export const demandColumns = ['what', 'demanded', 'got', ''] as const;

function shown(figure: number): string {
  return String(Number(figure.toPrecision(3)));
}
