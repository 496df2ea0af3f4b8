/** What happens, as log lines: each has an `event` name that metrics and documents share. */
import type { Logger } from 'pino';
import type { KernelEvent } from './actors/kernel/kernel-event.ts';
import type { SupervisorObserver } from './actors/supervisor.ts';
import type { SymbolObserver } from './actors/symbol-options.ts';
import { RecoveryProgress } from './recovery-progress.ts';
import type { AccessObserver } from './server/access/access.ts';
import type { AdminObserver } from './server/admin/admin-desk.ts';
import type { ServerObserver } from './server/server-observer.ts';
import type { TlsObserver } from './server/tls-files.ts';
import type { TaskPoolEvent } from './workers/task-pool.ts';

export function symbolLines(logger: Logger): SymbolObserver {
  const progress = new RecoveryProgress(Date.now, (symbol, { done, total, etaSeconds }) => {
    const percent = Math.floor((100 * done) / total);
    logger.info({ event: 'recovering', symbol, events: done, of: total, percent, eta_s: etaSeconds });
  });
  return {
    recovered: (symbol, epoch, book, fromVersion, skippedCheckpoints) => {
      const facts = { event: 'recovered', symbol, epoch, seq: book.version, fromVersion, skippedCheckpoints };
      if (skippedCheckpoints > 0) logger.warn(facts, 'a checkpoint did not decode; recovered without it');
      else logger.info(facts);
    },
    recovering: (symbol, done, total) => progress.progressed(symbol, done, total),
    refused: (symbol, reason) => logger.warn({ event: 'observation_refused', symbol, reason }),
    gap: (symbol, from, to, of) => logger.warn({ event: 'gap_detected', symbol, from, to, of }),
    folded() {},
    broadcast: ({ symbol, seq, bytes }, clients, { startedAt, settledAt }) => {
      logger.debug({
        event: 'broadcast',
        symbol,
        seq,
        clients,
        bytes: bytes.length,
        ms: Number((settledAt - startedAt).toFixed(2)),
      });
    },
    renderFailed: (symbol, err) => logger.error({ event: 'snapshot_failed', symbol, err }),
    stalled: (symbol, err) =>
      logger.error({ event: 'log_stalled', symbol, err }, 'takes in nothing until the log can be written'),
    resumed: (symbol) => logger.info({ event: 'log_resumed', symbol }),
    checkpointFailed: (symbol, err) => logger.warn({ event: 'checkpoint_failed', symbol, err }),
  };
}

export function supervisorLines(logger: Logger): SupervisorObserver {
  return {
    opened: (connection, remoteAddress) => logger.debug({ event: 'connection_opened', connection, remoteAddress }),
    ended: (connection, cause, err) => {
      if (cause === 'failed') logger.error({ event: 'connection_failed', connection, err });
      else logger.debug({ event: 'connection_ended', connection });
    },
    judged: (connection, verdict, report) => {
      if (verdict.action === 'ask_for_life') return;
      logger.info({ event: 'client_judged', connection, ...verdict, ...report });
    },
  };
}

export function serverLines(logger: Logger): ServerObserver {
  return {
    refused: (status, cause, reason, remoteAddress) =>
      logger.info({ event: 'upgrade_refused', status, cause, reason, remoteAddress }),
    failed: (path, err) => logger.error({ event: 'request_failed', path, err }),
  };
}

export function accessLines(logger: Logger): AccessObserver {
  return {
    reloaded: (file, revoked) => logger.info({ event: 'access_reloaded', file, revoked }),
    reloadFailed: (file, err) =>
      logger.error({ event: 'access_reload_failed', file, err }, 'what the file held before goes on to count'),
  };
}

export function tlsLines(logger: Logger): TlsObserver {
  return {
    tlsReloaded: () => logger.info({ event: 'tls_reloaded' }),
    tlsReloadFailed: (err) => logger.error({ event: 'tls_reload_failed', err }, 'the certificate before stays in use'),
  };
}

export function adminLines(logger: Logger): AdminObserver {
  return {
    logLevelChanged: (level, before) => logger.warn({ event: 'log_level_changed', level, before }),
    tapOpened: (connection) => logger.warn({ event: 'tap_opened', connection }),
    tapClosed: (connection) => logger.warn({ event: 'tap_closed', connection }),
  };
}

/** The first dead letter or overflow of a path says what there is to know; the counts are in the kernel's statistics. */
export function kernelLines(logger: Logger): (event: KernelEvent) => void {
  return (event) => {
    switch (event.type) {
      case 'failed':
        logger.error({ event: 'actor_failed', path: event.path, answer: event.answer, err: event.error });
        return;
      case 'release_failed':
        logger.error({ event: 'actor_release_failed', path: event.path, err: event.error });
        return;
      case 'overflow':
        logger.debug({ event: 'mailbox_overflow', path: event.path, capacity: event.capacity });
        return;
      case 'dead_letter':
        logger.trace({ event: 'dead_letter', path: event.path });
        return;
      case 'ended':
        logger.trace({ event: 'actor_ended', path: event.path, cause: event.cause });
        return;
      default:
        event satisfies never;
    }
  };
}

export function poolLines(logger: Logger): (event: TaskPoolEvent) => void {
  return ({ cause, attempt, error }) => logger.warn({ event: 'worker_lost', cause, attempt, err: error });
}
