/** What the doctor knows of a server and of the machine it was asked from. What could not be found out is null. */
import type { HealthView, StatsView } from '../protocol/http-view.ts';
import type { MetricText } from './metric-text.ts';

export interface Facts {
  readonly url: string;
  /** Where the server's process and files are those that are looked at: the address is one of this machine. */
  readonly isLocal: boolean;
  readonly settings: SettingsFacts;
  /** Of the Node that asks. */
  readonly nodeVersion: string;
  readonly server: ServerFacts | UnreachableFacts;
  /** Of DATA_DIR; null for a server elsewhere, or when the directory is not there. */
  readonly disk: DiskFacts | null;
}

export interface SettingsFacts {
  /** Those of a bad value or name, a sentence each; a server with these would not start. */
  readonly problems: readonly string[];
  /** Names in `.env` that are no settings and do not look like any. */
  readonly strangers: readonly string[];
  /** Whether LOG_MAX_AGE or LOG_MAX_SIZE limit the log. */
  readonly isLogLimited: boolean;
}

/** The reason of a server that is there and was shown no credential, or one that may not see this. */
export const asksForCredential = 'it asks for a credential';

export interface UnreachableFacts {
  readonly reached: false;
  /** What the system or the answer said. */
  readonly reason: string;
}

export interface ServerFacts {
  readonly reached: true;
  readonly isReady: boolean;
  readonly health: HealthView;
  readonly stats: StatsView;
  /** Two readings some seconds apart, so that it is judged by how it is and not by how it was. */
  readonly before: MetricText;
  readonly after: MetricText;
  /** By how much the server's clock is ahead of this one, in ms; null when it did not say. */
  readonly clockAheadMs: number | null;
  /** Whether a client got a picture; the reason when not. */
  readonly picture: { readonly got: true } | { readonly got: false; readonly reason: string };
  /** By the server's clock, in ms since 1970. */
  readonly now: number;
}

export interface DiskFacts {
  readonly directory: string;
  readonly freeBytes: number;
  readonly logBytes: number;
  /** Of the log by its events' own time; null when it holds less than an hour. */
  readonly bytesPerDay: number | null;
  /** Reports of crashes, the newest last. */
  readonly crashReports: readonly string[];
}
