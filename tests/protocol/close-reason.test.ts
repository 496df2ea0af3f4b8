import { describe, expect, it } from 'vitest';
import { closeReasons } from '../../src/protocol/close-reason.ts';

const largestReasonBytes = 123;

describe('the close reasons', () => {
  it('have the codes that clients were promised', () => {
    const codes = Object.fromEntries(Object.entries(closeReasons).map(([name, { code }]) => [name, code]));
    expect(codes).toEqual({
      server_shutdown: 1001,
      protocol_error: 1002,
      invalid_deflate: 1007,
      invalid_utf8: 1007,
      policy: 1008,
      message_too_big: 1009,
      internal_error: 1011,
      not_authenticated: 4401,
      expired: 4401,
      revoked: 4401,
      forbidden: 4403,
      slow_consumer: 4408,
      too_many_messages: 4429,
      overloaded: 4503,
    });
  });

  it('say "Server shutdown" at a shutdown', () => {
    expect(closeReasons.server_shutdown.reason).toBe('Server shutdown');
  });

  it.each(Object.entries(closeReasons))('fit into a close frame: %s', (_name, { reason }) => {
    expect(Buffer.byteLength(reason)).toBeGreaterThan(0);
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(largestReasonBytes);
  });
});
