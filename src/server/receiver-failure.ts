/** Why the receiver of `ws` gave up a connection, as one of this server's close reasons. */
import { type CloseReason, closeReasons } from '../protocol/close-reason.ts';

/** What was wrong with the frame: codes are those of the documentation of `ws` and of Node's zlib. */
export function failureReason(error: Error & { readonly code?: unknown }): CloseReason {
  switch (error.code) {
    case 'WS_ERR_INVALID_UTF8':
      return closeReasons.invalid_utf8;
    case 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH':
    case 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH':
    case 'ERR_BUFFER_TOO_LARGE':
      return closeReasons.message_too_big;
    case 'WS_ERR_TOO_MANY_BUFFERED_PARTS':
      return closeReasons.policy;
    default:
      return String(error.code).startsWith('Z_') ? closeReasons.invalid_deflate : closeReasons.protocol_error;
  }
}
