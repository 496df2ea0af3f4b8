/** Every way in which this server ends a connection: one name that client, log line, metric and test share. */

export interface CloseReason {
  /** WebSocket close code. 4401 and 4403 mean: do not retry unchanged. */
  readonly code: number;
  /** Sent in the close frame; at most 123 bytes. */
  readonly reason: string;
}

export const closeReasons = {
  server_shutdown: { code: 1001, reason: 'Server shutdown' },
  protocol_error: { code: 1002, reason: 'Protocol error' },
  invalid_deflate: { code: 1007, reason: 'Message is not valid deflate' },
  invalid_utf8: { code: 1007, reason: 'Text is not valid UTF-8' },
  policy: { code: 1008, reason: 'Policy violation' },
  message_too_big: { code: 1009, reason: 'Message too big' },
  internal_error: { code: 1011, reason: 'Internal error' },
  not_authenticated: { code: 4401, reason: 'Not authenticated' },
  expired: { code: 4401, reason: 'Credential expired' },
  revoked: { code: 4401, reason: 'Credential revoked' },
  forbidden: { code: 4403, reason: 'Forbidden' },
  slow_consumer: { code: 4408, reason: 'Slow consumer: nothing was read for too long' },
  too_many_messages: { code: 4429, reason: 'Too many messages' },
  overloaded: { code: 4503, reason: 'Server overloaded' },
} as const satisfies Record<string, CloseReason>;

export type CloseReasonName = keyof typeof closeReasons;
