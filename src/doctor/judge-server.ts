/** What is wrong with a server that answers, by what it says of itself. */
import type { ServerFacts } from './facts.ts';
import { advice, type Finding, wrong } from './finding.ts';

/** The newest event of a source that runs in real time is younger. */
const staleSeconds = 60;
const slowShare = 0.05;
const droppedShare = 0.01;
const fullShare = 0.9;
const lateSeconds = 0.25;
const slowCommitSeconds = 0.5;
const longQueue = 16;
/** Clocks of machines that ask the time now and then differ by less. */
const skewMs = 2000;

export function judgeServer(server: ServerFacts): Finding[] {
  return [
    ...judgeState(server),
    ...judgeData(server),
    ...judgeClients(server),
    ...judgeSpeed(server),
    ...judgeFailures(server),
    ...judgeClock(server),
  ];
}

function judgeState({ isReady, health, picture }: ServerFacts): Finding[] {
  if (health.status === 'stopping') {
    return [wrong('stopping', 'The server is stopping.', 'Start it again when it has ended.')];
  }
  if (!isReady) {
    return [
      wrong(
        'not_ready',
        'The server is not ready: it recovers its books from the log.',
        'Wait; its log lines "recovering" say how far it is. If there are none, the line before says what it waits for.',
      ),
    ];
  }
  const problems = health.problems.map((problem) =>
    wrong(
      'problem',
      `The server has a problem: ${problem}.`,
      'Mend the cause that it names; the server goes on by itself where it can, and needs a start where its log says "symbol_lost" or "feed_failed".',
    ),
  );
  if (picture.got) return problems;
  return [
    ...problems,
    wrong(
      'no_picture',
      `A client that subscribed got no picture: ${picture.reason}.`,
      'If it was refused, the reason says what to set; if nothing came, look for "snapshot_failed" in the log, and whether a proxy lets WebSockets through.',
    ),
  ];
}

function judgeData({ health, now }: ServerFacts): Finding[] {
  // A recording is as old as it is.
  if (health.source === 'recorded') return [];
  return Object.entries(health.symbols).flatMap(([symbol, { market_time: time }]) => {
    const ageSeconds = time === null ? Number.POSITIVE_INFINITY : (now - Date.parse(time)) / 1000;
    if (ageSeconds <= staleSeconds) return [];
    const age = time === null ? 'There is no event' : `The newest event is ${Math.round(ageSeconds)} s old`;
    return [
      wrong(
        'stale_data',
        `${age} of ${symbol}.`,
        'The source is silent or cannot be reached, or the log cannot be written: look for "feed_failed" and "log_stalled" in the log.',
      ),
    ];
  });
}

function judgeClients({ stats, before, after }: ServerFacts): Finding[] {
  const findings: Finding[] = [];
  const { active_connections: active, max_connections: max, slow_consumers: slow } = stats;
  if (slow > 0) {
    const say = slow > slowShare * active && active >= 20 ? wrong : advice;
    findings.push(
      say(
        'slow_consumers',
        `${slow} of ${active} clients are too slow.`,
        'If loop lag is high too, it is the server; else it is their links or their code: fewer symbols, a longer update_interval, delta mode, no waiting in onmessage.',
      ),
    );
  }
  const dropped = stats.messages_dropped_total / Math.max(stats.messages_sent_total, 1);
  if (dropped > droppedShare) {
    findings.push(
      advice(
        'pictures_dropped',
        `${(100 * dropped).toFixed(1)} % of the pictures were replaced by newer ones before slow clients could take them.`,
        'It is what keeps slow clients up to date; if it is too many, see to their links.',
      ),
    );
  }
  if (active >= fullShare * max) {
    const say = active >= max ? wrong : advice;
    findings.push(
      say(
        'full',
        `${active} of ${max} connections are taken.`,
        'Raise WS_MAX_CONNECTIONS, and the limit of open files with it.',
      ),
    );
  }
  const refusals = 'heatline_upgrades_refused_total';
  for (const cause of after.valuesOf('cause', refusals)) {
    const now = after.sum(refusals, { status: '503', cause }) - before.sum(refusals, { status: '503', cause });
    if (now > 0) {
      findings.push(
        wrong(
          'refusals',
          `Clients are being turned away (${cause}): ${now} while this was looked at.`,
          'full: WS_MAX_CONNECTIONS. address_full: WS_MAX_CONNECTIONS_PER_ADDRESS. too_fast: WS_MAX_HANDSHAKES_PER_SECOND. overloaded: WS_THREADS, or another server.',
        ),
      );
    }
  }
  return findings;
}

function judgeSpeed({ before, after }: ServerFacts): Finding[] {
  const findings: Finding[] = [];
  const late = after.quantileSince(before, 'heatline_loop_lag_seconds', 0.99) ?? 0;
  if (late > lateSeconds) {
    findings.push(
      wrong(
        'loop_lag',
        `The server comes up to ${inMs(late)} late to its clients.`,
        'It has more to do than its cores can: WS_THREADS, fewer clients, a longer WS_UPDATE_INTERVAL, or less beside it on the machine.',
      ),
    );
  }
  const commit = after.quantileSince(before, 'heatline_log_commit_seconds', 0.99) ?? 0;
  if (commit > slowCommitSeconds) {
    findings.push(
      wrong(
        'slow_commits',
        `Commits take up to ${inMs(commit)}.`,
        'The disk of DATA_DIR is busy or slow to sync: put it on one of its own.',
      ),
    );
  }
  for (const pool of after.valuesOf('pool', 'heatline_pool_queued')) {
    const queued = Math.min(before.sum('heatline_pool_queued', { pool }), after.sum('heatline_pool_queued', { pool }));
    if (queued > longQueue) {
      findings.push(
        advice(
          'pool_queue',
          `${queued} jobs wait for ${pool} workers.`,
          'Raise SNAPSHOT_THREADS or HISTORY_THREADS if there are cores to spare.',
        ),
      );
    }
  }
  return findings;
}

function judgeFailures({ after }: ServerFacts): Finding[] {
  const findings: Finding[] = [];
  for (const pool of after.valuesOf('pool', 'heatline_pool_jobs_total')) {
    const failed = after.sum('heatline_pool_jobs_total', { pool, outcome: 'failed' });
    if (failed > 0) {
      findings.push(
        advice(
          'worker_failures',
          `${failed} jobs of ${pool} workers have failed since the start.`,
          'The log lines "worker_lost" and "snapshot_failed" say why: out of memory, or longer than SNAPSHOT_TIMEOUT or HISTORY_TIMEOUT.',
        ),
      );
    }
  }
  const restarts = after.sum('heatline_actor_restarts_total');
  if (restarts > 0) {
    findings.push(
      advice(
        'actor_restarts',
        `${restarts} actors were started again after an error.`,
        'The log lines "actor_failed" say of what; they are worth a report.',
      ),
    );
  }
  return findings;
}

function judgeClock({ clockAheadMs }: ServerFacts): Finding[] {
  if (clockAheadMs === null || Math.abs(clockAheadMs) <= skewMs) return [];
  const side = clockAheadMs > 0 ? 'ahead of' : 'behind';
  return [
    advice(
      'clock_skew',
      `The server's clock is ${(Math.abs(clockAheadMs) / 1000).toFixed(1)} s ${side} this one.`,
      'Let both machines ask the time (NTP); ages and latencies that compare both clocks are off by as much.',
    ),
  ];
}

function inMs(seconds: number): string {
  return Number.isFinite(seconds) ? `${Math.round(seconds * 1000)} ms` : 'more than can be told';
}
