/** Where events can be kept: the port of the event log over one technology, and the server that starts on it. */
import type { EventLog } from '../../src/log/event-log.ts';

export interface Store {
  readonly name: string;
  open(directory: string): Promise<EventLog>;
  /** Arguments for Node. */
  readonly server: readonly string[];
}
