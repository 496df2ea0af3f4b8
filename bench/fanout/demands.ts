/** What the fan-out must reach: CPU a frame against that of a rival, in the same run. */

export interface Case {
  readonly levels: number;
  readonly clients: number;
}

export interface Demand {
  readonly name: string;
  readonly against: string;
  readonly atMost: number;
}

/** kB of resident memory a client that is connected, subscribed, and sent nothing. */
export const largestIdleKb = 10;

/** In the order of the cases: 100 levels to 1,000 clients, 500 to 1,000, 100 to 5,000, 500 to 5,000. */
const table: readonly [name: string, against: string, atMost: readonly [number, number, number, number]][] = [
  ['heatline', 'C, write() only', [1.3, 1.6, 1.3, 1.2]],
  ['heatline, deflate', 'C, write() only', [1.2, 0.9, 1.25, 0.7]],
  ['heatline', 'µWebSockets publish', [1.1, 1.2, 1.05, 0.95]],
  ['heatline, deflate', 'µWebSockets publish, deflate', [1 / 6, 1 / 40, 1 / 6, 1 / 40]],
  ['heatline', 'ws, stringify each', [1 / 6, 1 / 12, 1 / 4.7, 1 / 10]],
  ['heatline', 'FastAPI send_json', [1 / 25, 1 / 48, 1 / 20, 1 / 45]],
];

export function demandsOf({ levels, clients }: Case): Demand[] {
  const column = (levels === 500 ? 1 : 0) + (clients === 5000 ? 2 : 0);
  return table.map(([name, against, atMost]) => ({ name, against, atMost: atMost[column]! }));
}
