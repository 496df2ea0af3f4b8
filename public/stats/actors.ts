/** The tree of actors by kind, with what waits in their mailboxes. */
import type { Samples } from './samples.ts';
import { row, shown } from './table.ts';

const kinds = [
  { kind: 'symbol', text: 'Symbols: a book each', depth: 0 },
  { kind: 'symbol_watch', text: 'Who hears of a symbol that is lost', depth: 0 },
  { kind: 'supervisor', text: 'Supervisors: one a connection thread', depth: 0 },
  { kind: 'connection', text: 'Connections: a client each', depth: 1 },
] as const;

export function actorRows(samples: Samples): HTMLElement[] {
  return kinds.map(({ kind, text, depth }) => {
    const count = (name: string) => shown(samples.sum(name, { kind }) || 0);
    const line = row([
      text,
      count('heatline_actors'),
      count('heatline_mailbox_waiting'),
      count('heatline_mailbox_depth_max'),
      count('heatline_actor_failures_total'),
      count('heatline_actor_restarts_total'),
    ]);
    line.dataset.kind = kind;
    if (depth > 0) line.className = 'child';
    return line;
  });
}
