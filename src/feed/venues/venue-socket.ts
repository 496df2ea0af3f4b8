/**
 * What a connection needs of a WebSocket and of HTTP, and nothing more: the outside is given in, so a schedule of faults can be
 * played in memory. Pings of the server are answered by the adapter.
 */
export interface VenueSocket {
  send(text: string): void;
  /** Lets go at once; nothing is heard of it any more. */
  close(): void;
}

export interface VenueSocketEvents {
  opened(): void;
  message(text: string): void;
  /** The last of its events, unless we closed it. */
  closed(reason: string): void;
}

export type OpenVenueSocket = (url: string, events: VenueSocketEvents) => VenueSocket;

export interface VenueHttpAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Rejects when nothing answered in time. */
export type VenueGet = (url: string, signal: AbortSignal) => Promise<VenueHttpAnswer>;
