/** What is wrong around a server: open files, room on the disk, the size of the log, crashes. */
import type { DiskFacts, Facts } from './facts.ts';
import { advice, type Finding, wrong } from './finding.ts';

/** Files that are open beside connections: the log, threads, modules, requests. */
const otherFiles = 300;
const nearlyAllFiles = 0.8;
const daysToAct = 3;
const daysToPlan = 30;
const leastFreeBytes = 1e9;
const largeLogBytes = 20e9;

export function judgeMachine(facts: Facts): Finding[] {
  const { disk, settings } = facts;
  return [...judgeFiles(facts), ...(disk === null ? [] : judgeDisk(disk, settings.isLogLimited))];
}

function judgeFiles({ server }: Facts): Finding[] {
  if (!server.reached) return [];
  const limit = server.after.sum('process_max_fds');
  const open = server.after.sum('process_open_fds');
  if (limit === 0) return [];
  const { max_connections: max } = server.stats;
  const remedy = `Raise the limit of open files to ${max + otherFiles} or more (ulimit -n, LimitNOFILE=), or lower WS_MAX_CONNECTIONS.`;
  if (open > nearlyAllFiles * limit) {
    return [wrong('open_files', `The server has ${open} of ${limit} files open that it may.`, remedy)];
  }
  if (limit >= max + otherFiles) return [];
  return [
    wrong(
      'open_files',
      `The server may open ${limit} files, which is too few for WS_MAX_CONNECTIONS (${max}).`,
      remedy,
    ),
  ];
}

function judgeDisk(
  { directory, freeBytes, logBytes, bytesPerDay, crashReports }: DiskFacts,
  isLogLimited: boolean,
): Finding[] {
  const findings: Finding[] = [];
  const days = bytesPerDay === null || bytesPerDay <= 0 ? Number.POSITIVE_INFINITY : freeBytes / bytesPerDay;
  const isTight = freeBytes < leastFreeBytes || days < daysToAct;
  if (isTight || (days < daysToPlan && !isLogLimited)) {
    const grows = Number.isFinite(days) ? ` and the log grows by ${size(bytesPerDay!)} a day` : '';
    findings.push(
      (isTight ? wrong : advice)(
        'disk_room',
        `The disk of ${directory} has ${size(freeBytes)} free${grows}.`,
        'Make room, or limit the log with LOG_MAX_SIZE or LOG_MAX_AGE; on a full disk symbols stand still, and go on when there is room.',
      ),
    );
  }
  if (logBytes > largeLogBytes && !isLogLimited) {
    findings.push(
      advice(
        'log_size',
        `The log is ${size(logBytes)} large and nothing limits it.`,
        'Set LOG_MAX_SIZE or LOG_MAX_AGE if all that past is not wanted; `npm run log -- compact` gives room back.',
      ),
    );
  }
  const newest = crashReports.at(-1);
  if (newest !== undefined) {
    findings.push(
      advice(
        'crash_report',
        `The server has crashed: ${crashReports.length === 1 ? 'there is a report' : `there are ${crashReports.length} reports, the newest is`} ${newest}.`,
        'Read it, and delete it when it is dealt with.',
      ),
    );
  }
  return findings;
}

function size(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
