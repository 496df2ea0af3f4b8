/** The server's half of the opening handshake (RFC 6455, section 4.2.2) and what it agrees to of compression (RFC 7692). */
import { createHash } from 'node:crypto';
import { extension } from './ws-parts.ts';

const keySuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * Both sides begin each message anew, so that one compressed frame fits all clients and none costs a window of its own. Said in the
 * answer whether it was asked for or not (sections 7.1.1.1 and 7.1.1.2).
 */
const agreed = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';

const largestWindowBits = 15;

/** @returns the answer's `Sec-WebSocket-Extensions`, or `null` when no offer fits: then the connection goes uncompressed. */
export function agreedDeflate(header: string | undefined): string | null {
  if (header === undefined) return null;
  for (const offer of offersOf(header)) {
    if (!isValid(offer)) continue;
    const [bits] = offer.server_max_window_bits ?? [];
    if (bits === undefined) return agreed;
    // The frame is made once for all, in the largest window; whoever needs a smaller one gets it uncompressed.
    if (Number(bits) === largestWindowBits) return `${agreed}; server_max_window_bits=${largestWindowBits}`;
  }
  return null;
}

/** The answer that opens the connection. @param key from the request, of the right form. @param protocol one that was offered. */
export function acceptance(key: string, extensions: string | null, protocol: string | null): string {
  const accept = createHash('sha1')
    .update(key + keySuffix)
    .digest('base64');
  const extensionLine = extensions === null ? '' : `Sec-WebSocket-Extensions: ${extensions}\r\n`;
  const protocolLine = protocol === null ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`;
  return (
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Accept: ${accept}\r\n${extensionLine}${protocolLine}\r\n`
  );
}

type Offer = Record<string, (string | true)[]>;

function offersOf(header: string): Offer[] {
  try {
    return extension.parse(header)['permessage-deflate'] ?? [];
  } catch {
    // Nothing that can be understood was offered.
    return [];
  }
}

/** An offer with anything unknown, doubled or out of range is to be declined (section 7.1). */
function isValid(offer: Offer): boolean {
  return Object.entries(offer).every(([name, values]) => {
    const [value] = values;
    if (values.length !== 1) return false;
    switch (name) {
      case 'server_no_context_takeover':
      case 'client_no_context_takeover':
        return value === true;
      case 'client_max_window_bits':
        return value === true || isWindowBits(value);
      case 'server_max_window_bits':
        return value !== true && isWindowBits(value);
      default:
        return false;
    }
  });
}

function isWindowBits(value: string | undefined): boolean {
  return value !== undefined && /^([89]|1[0-5])$/.test(value);
}
