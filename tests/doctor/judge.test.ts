/** Each thing that may be wrong, alone on a server that is otherwise well: exactly its finding, and with a remedy. */
import { describe, expect, it } from 'vitest';
import { asksForCredential, type DiskFacts, type Facts, type ServerFacts } from '../../src/doctor/facts.ts';
import type { FindingCode } from '../../src/doctor/finding.ts';
import { judge } from '../../src/doctor/judge.ts';
import { MetricText } from '../../src/doctor/metric-text.ts';

const now = Date.parse('2026-01-02T03:04:05.000Z');

const wellMetrics = {
  'nodejs_version_info{version="v24.1.0",major="24"}': 1,
  process_max_fds: 4096,
  process_open_fds: 60,
  'heatline_loop_lag_seconds_bucket{le="0.01",threads="clients"}': 1000,
  'heatline_loop_lag_seconds_bucket{le="0.5",threads="clients"}': 1000,
  'heatline_loop_lag_seconds_bucket{le="+Inf",threads="clients"}': 1000,
  'heatline_log_commit_seconds_bucket{le="0.01",symbol="BTCUSDT"}': 50,
  'heatline_log_commit_seconds_bucket{le="1",symbol="BTCUSDT"}': 50,
  'heatline_log_commit_seconds_bucket{le="+Inf",symbol="BTCUSDT"}': 50,
  'heatline_pool_queued{pool="snapshot"}': 0,
  'heatline_pool_jobs_total{pool="snapshot",outcome="failed"}': 0,
  'heatline_actor_restarts_total{kind="symbol"}': 0,
  'heatline_upgrades_refused_total{status="503",cause="full"}': 7,
};
const metrics = (changes: Record<string, number> = {}) =>
  new MetricText(
    Object.entries({ ...wellMetrics, ...changes })
      .map(([name, value]) => `${name} ${value}`)
      .join('\n'),
  );

const wellServer: ServerFacts = {
  reached: true,
  isReady: true,
  health: {
    status: 'ok',
    service: 'heatline',
    version: '1.0.0',
    source: 'simulated',
    simulated: true,
    uptime_seconds: 100,
    problems: [],
    symbols: {
      BTCUSDT: {
        epoch: 'e',
        seq: 1,
        market_time: new Date(now - 1000).toISOString(),
        current_price: 1,
        observed_share: 1,
        level_step: 1,
      },
    },
    assumptions: {},
  },
  stats: {
    active_connections: 100,
    messages_sent_1m: 1,
    slow_consumers: 0,
    subscriptions_by_symbol: {},
    subscriptions_by_channel: {},
    messages_sent_total: 10_000,
    messages_dropped_total: 0,
    max_connections: 1000,
    encodes_total: 1,
  },
  before: metrics(),
  after: metrics(),
  clockAheadMs: 300,
  picture: { got: true },
  now,
};
const wellDisk: DiskFacts = { directory: '/data', freeBytes: 100e9, logBytes: 5e9, bytesPerDay: 1e9, crashReports: [] };
const well: Facts = {
  url: 'http://localhost:8000',
  isLocal: true,
  settings: { problems: [], strangers: [], isLogLimited: false },
  nodeVersion: 'v24.1.0',
  server: wellServer,
  disk: wellDisk,
};
const server = (changes: Partial<ServerFacts>): Facts => ({ ...well, server: { ...wellServer, ...changes } });
const health = (changes: Partial<ServerFacts['health']>) => server({ health: { ...wellServer.health, ...changes } });
const stats = (changes: Partial<ServerFacts['stats']>) => server({ stats: { ...wellServer.stats, ...changes } });
const after = (changes: Record<string, number>) => server({ after: metrics(changes) });
const both = (changes: Record<string, number>) => server({ before: metrics(changes), after: metrics(changes) });
const disk = (changes: Partial<DiskFacts>): Facts => ({ ...well, disk: { ...wellDisk, ...changes } });
const settings = (changes: Partial<Facts['settings']>): Facts => ({
  ...well,
  settings: { ...well.settings, ...changes },
});
const old = new Date(now - 300_000).toISOString();
const aged = { ...wellServer.health.symbols.BTCUSDT!, market_time: old };

describe('the doctor', () => {
  it('has nothing to say of a server that is well', () => {
    expect(judge(well)).toEqual([]);
    expect(judge(health({ source: 'recorded', symbols: { BTCUSDT: aged } }))).toEqual([]);
  });

  it.each<[FindingCode, 'wrong' | 'advice', Facts, RegExp]>([
    ['bad_setting', 'wrong', settings({ problems: ["PORT in .env: 'x' is not allowed"] }), /PORT in \.env: 'x'/],
    ['no_setting', 'advice', settings({ strangers: ['COLOUR'] }), /COLOUR in \.env/],
    ['old_node', 'wrong', { ...well, nodeVersion: 'v20.1.0' }, /This Node is v20\.1\.0/],
    ['unreachable', 'wrong', { ...well, server: { reached: false, reason: 'connect ECONNREFUSED' } }, /ECONNREFUSED/],
    [
      'not_authenticated',
      'wrong',
      { ...well, server: { reached: false, reason: asksForCredential } },
      /asks for a credential/,
    ],
    ['not_ready', 'wrong', server({ isReady: false }), /recovers/],
    ['stopping', 'wrong', health({ status: 'stopping' }), /stopping/],
    ['problem', 'wrong', health({ status: 'degraded', problems: ['BTCUSDT stands still'] }), /BTCUSDT stands still/],
    ['no_picture', 'wrong', server({ picture: { got: false, reason: 'nothing came' } }), /nothing came/],
    ['stale_data', 'wrong', health({ symbols: { BTCUSDT: aged } }), /300 s old of BTCUSDT/],
    ['slow_consumers', 'advice', stats({ slow_consumers: 2 }), /2 of 100/],
    ['slow_consumers', 'wrong', stats({ slow_consumers: 20 }), /20 of 100/],
    ['pictures_dropped', 'advice', stats({ messages_dropped_total: 500 }), /5\.0 %/],
    ['full', 'advice', stats({ active_connections: 950 }), /950 of 1000/],
    ['full', 'wrong', stats({ active_connections: 1000 }), /1000 of 1000/],
    [
      'refusals',
      'wrong',
      after({ 'heatline_upgrades_refused_total{status="503",cause="full"}': 9 }),
      /turned away \(full\): 2/,
    ],
    [
      'loop_lag',
      'wrong',
      after({
        'heatline_loop_lag_seconds_bucket{le="0.5",threads="clients"}': 1100,
        'heatline_loop_lag_seconds_bucket{le="+Inf",threads="clients"}': 1100,
      }),
      /500 ms late/,
    ],
    [
      'slow_commits',
      'wrong',
      after({
        'heatline_log_commit_seconds_bucket{le="1",symbol="BTCUSDT"}': 60,
        'heatline_log_commit_seconds_bucket{le="+Inf",symbol="BTCUSDT"}': 60,
      }),
      /1000 ms/,
    ],
    ['pool_queue', 'advice', both({ 'heatline_pool_queued{pool="snapshot"}': 30 }), /30 jobs wait for snapshot/],
    [
      'worker_failures',
      'advice',
      both({ 'heatline_pool_jobs_total{pool="snapshot",outcome="failed"}': 3 }),
      /3 jobs of snapshot/,
    ],
    ['actor_restarts', 'advice', both({ 'heatline_actor_restarts_total{kind="symbol"}': 1 }), /1 actors/],
    ['clock_skew', 'advice', server({ clockAheadMs: -5000 }), /5\.0 s behind/],
    ['open_files', 'wrong', both({ process_max_fds: 1024 }), /1024 files, which is too few for WS_MAX_CONNECTIONS/],
    ['open_files', 'wrong', both({ process_open_fds: 4000 }), /4000 of 4096/],
    ['disk_room', 'wrong', disk({ freeBytes: 0.5e9, bytesPerDay: null }), /500\.0 MB free\./],
    ['disk_room', 'wrong', disk({ freeBytes: 2e9 }), /2\.0 GB free and the log grows by 1\.0 GB a day/],
    ['disk_room', 'advice', disk({ freeBytes: 10e9 }), /10\.0 GB free/],
    ['log_size', 'advice', disk({ logBytes: 30e9 }), /30\.0 GB large and nothing limits it/],
    [
      'crash_report',
      'advice',
      disk({ crashReports: ['crash-1.txt', 'crash-2.txt'] }),
      /2 reports, the newest is crash-2/,
    ],
  ])('says %s (%s), in a sentence and with a remedy', (code, severity, facts, sentence) => {
    const findings = judge(facts);
    expect(findings.map((found) => [found.code, found.severity])).toEqual([[code, severity]]);
    expect(findings[0]!.finding).toMatch(sentence);
    for (const text of [findings[0]!.finding, findings[0]!.remedy]) expect(text).toMatch(/^.+\.$/);
  });

  it('counts what lies between two readings, not what once was', () => {
    const hadBeenLate = {
      'heatline_loop_lag_seconds_bucket{le="0.5",threads="clients"}': 5000,
      'heatline_loop_lag_seconds_bucket{le="+Inf",threads="clients"}': 5000,
    };
    expect(judge(both(hadBeenLate))).toEqual([]);
  });

  it('does not call a log that is limited too large, nor one that will be in time', () => {
    const limited = settings({ isLogLimited: true });
    expect(judge({ ...limited, disk: { ...wellDisk, logBytes: 30e9, freeBytes: 10e9 } })).toEqual([]);
  });

  it('says what is wrong before what may wait', () => {
    const facts: Facts = { ...disk({ freeBytes: 0 }), settings: settings({ strangers: ['COLOUR'] }).settings };
    expect(judge(facts).map(({ severity }) => severity)).toEqual(['wrong', 'advice']);
  });
});
