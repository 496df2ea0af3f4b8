import fc from 'fast-check';
import { expect, it } from 'vitest';
import { redacted } from '../../../src/server/admin/redacted.ts';

it('shows what a client asks for as it is', () => {
  const text = JSON.stringify({ action: 'subscribe', symbols: ['BTCUSDT'], id: 7, from: '2026-01-02T00:00:00.000Z' });
  expect(redacted(text)).toBe(text);
});

it('hides tokens wherever they stand and however they are written, and long words that could be some', () => {
  const secret = 'c0ffee-c0ffee-c0ffee-c0ffee';
  const escaped = JSON.stringify({ action: 'authenticate', token: 'short' }).replace('token', '\\u0074oken');
  expect(redacted(escaped)).toBe('{"action":"authenticate","token":"…"}');
  fc.assert(
    fc.property(
      fc.constantFrom(
        JSON.stringify({ action: 'authenticate', token: secret }),
        JSON.stringify({ action: 'subscribe', symbols: [secret], deep: { token: [secret], x: `Bearer ${secret}` } }),
        `{"action":"authenticate","token":"${secret}"`,
        `token=${secret}`,
        `${secret}\n`,
      ),
      (text) => {
        expect(redacted(text)).not.toContain(secret);
      },
    ),
  );
});
