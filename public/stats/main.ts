/** The statistics page: reads three endpoints every two seconds, and shows what they say. */

import { ask } from '../dashboard/credential.ts';
import { actorRows } from './actors.ts';
import { Samples } from './samples.ts';
import { stageRows } from './stages.ts';
import { row, shown } from './table.ts';
import { type VenuesView, venueRows } from './venues.ts';

const everyMs = 2000;
const by = (id: string) => document.getElementById(id)!;
/** A minute of them, the oldest first. */
const mostReadings = 30;
const readings: Samples[] = [];

const ms = (seconds: number) => (seconds === Number.POSITIVE_INFINITY ? 'more' : shown(seconds * 1000, 1));

function tile(name: string, value: string): HTMLElement {
  const box = document.createElement('div');
  const [term, detail] = [document.createElement('dt'), document.createElement('dd')];
  term.textContent = name;
  detail.textContent = value;
  box.append(term, detail);
  return box;
}

function show(stats: Record<string, number>, samples: Samples): void {
  const before = readings.at(-1) ?? null;
  by('now').replaceChildren(
    tile('Connections', `${shown(stats.active_connections!)} of ${shown(stats.max_connections!)}`),
    tile('Messages a second', shown(samples.rate(before, 'heatline_messages_total'), 1)),
    tile('Messages in 60 s', shown(stats.messages_sent_1m!)),
    tile('Slow now', shown(stats.slow_consumers!)),
    tile('Replaced before sent', shown(stats.messages_dropped_total!)),
    tile('Frames made a second', shown(samples.rate(before, 'heatline_encodes_total'), 1)),
    tile('Loop lag p99, ms', ms(samples.sum('nodejs_eventloop_lag_p99_seconds'))),
    tile('Resident memory, MB', shown(samples.sum('process_resident_memory_bytes') / 1e6)),
  );
  by('symbols').replaceChildren(
    ...samples.valuesOf('symbol', 'heatline_symbol_seq').map((symbol) => {
      const labels = { symbol };
      const both = (name: string) =>
        `${ms(samples.mean(before, name, labels))} / ${ms(samples.quantile(before, name, labels, 0.95))}`;
      const time = samples.sum('heatline_market_time_seconds', labels);
      return row([
        symbol,
        shown(samples.sum('ws_active_connections', labels)),
        shown(samples.rate(before, 'ws_messages_sent_total', labels), 1),
        shown(samples.sum('ws_slow_consumers_total', labels)),
        both('ws_broadcast_duration_seconds'),
        both('heatline_log_commit_seconds'),
        shown(samples.sum('heatline_symbol_seq', labels)),
        time > 0 ? new Date(time * 1000).toISOString().replace('T', ' ').slice(0, 19) : '–',
      ]);
    }),
  );
  by('stages').replaceChildren(...stageRows(samples, readings[0] ?? null));
  by('actors').replaceChildren(...actorRows(samples));
  const pools = samples.valuesOf('pool', 'heatline_pool_running').map((pool) => {
    const jobs = samples.sum('heatline_pool_jobs_total', { pool });
    const running = samples.sum('heatline_pool_running', { pool });
    return row([
      `Workers: ${pool}`,
      `${shown(running)} at work, ${shown(samples.sum('heatline_pool_queued', { pool }))} waiting, ${shown(jobs)} done`,
    ]);
  });
  by('machinery').replaceChildren(
    row(['Fullest mailbox ever', shown(samples.sum('heatline_mailbox_deepest'))]),
    row(['Log position', shown(samples.sum('heatline_log_position'))]),
    row(['Clients not let in', counted(samples, 'heatline_upgrades_refused_total', 'cause')]),
    row(['Clients that did not keep up', counted(samples, 'heatline_client_verdicts_total', 'verdict')]),
    row(['Clients behind by', laggards(samples)]),
    ...pools,
    row(['Problems', shown(samples.sum('heatline_problems'))]),
  );
}

function showVenues(health: VenuesView): void {
  const rows = venueRows(health);
  by('heard').hidden = rows.length === 0;
  by('venues').replaceChildren(...rows);
}

/** Since the start, by reason. */
function counted(samples: Samples, name: string, label: string): string {
  const parts = samples
    .valuesOf(label, name)
    .map((value) => `${value} ${shown(samples.sum(name, { [label]: value }))}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function laggards(samples: Samples): string {
  const ages = samples.valuesOf('at_least_seconds', 'heatline_lagging_connections').map((age) => {
    const count = samples.sum('heatline_lagging_connections', { at_least_seconds: age });
    return `${age} s: ${shown(count)}`;
  });
  return ages.join(', ');
}

async function read(): Promise<void> {
  try {
    const [stats, text, health] = await Promise.all([
      ask('/ws/stats').then((response) => response.json()),
      ask('/metrics').then((response) => response.text()),
      ask('/health').then((response) => response.json()),
    ]);
    const samples = new Samples(text, performance.now());
    show(stats, samples);
    showVenues(health);
    readings.push(samples);
    if (readings.length > mostReadings) readings.shift();
    by('state').textContent = `read ${new Date().toISOString().slice(11, 19)} UTC`;
  } catch (error) {
    by('state').textContent = `the server does not answer: ${(error as Error).message}`;
  }
  setTimeout(read, everyMs);
}

void read();
