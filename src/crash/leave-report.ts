/** Gathers what is known at the moment of a crash and leaves it in the log's directory. Nothing in here waits: there may be no later. */
import type { KernelStats } from '../actors/kernel/kernel-event.ts';
import type { Config } from '../config.ts';
import type { ActorCensus } from '../metrics/actor-census.ts';
import { crashReport } from './crash-report.ts';
import { writeCrashReport } from './crash-report-file.ts';
import type { LastLines } from './last-lines.ts';

/** Whoever knows of the actors: the server. */
export interface Described {
  describe(): { readonly kernel: KernelStats; readonly actors: ActorCensus };
}

/** @returns the path of the report; an error when none could be left. */
export function leaveReport(
  event: string,
  error: unknown,
  config: Config,
  lines: LastLines,
  server: Described | null,
): string | Error {
  const at = new Date();
  let described: ReturnType<Described['describe']> | null = null;
  try {
    described = server?.describe() ?? null;
  } catch {
    // What crashed may be what would tell.
  }
  const text = crashReport({
    at,
    event,
    error,
    config,
    nodeVersion: process.version,
    platform: `${process.platform} ${process.arch}`,
    uptimeSeconds: process.uptime(),
    memory: { ...process.memoryUsage() },
    kernel: described?.kernel ?? null,
    actors: described?.actors ?? {},
    lastLines: lines.lines,
  });
  return writeCrashReport(config.eventLog.directory, at, text);
}
