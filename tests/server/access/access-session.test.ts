/** A connection's credential in time: warned, renewed, expired, revoked. The clock is the test's. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AccessSession } from '../../../src/server/access/access-session.ts';
import type { AccessVerdict, Grant } from '../../../src/server/access/grant.ts';

const grant: Grant = {
  name: 'token alice',
  scopes: ['stream'],
  expiresAt: 100_000,
  maxConnections: 0,
  messagesPerSecond: 0,
  proof: { kind: 'jwt', token: 'a' },
};

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

function stage(first: Partial<Grant> = {}, expiryWarningMs = 30_000) {
  const heard: string[] = [];
  const verdicts: AccessVerdict[] = [];
  const owner = { verify: async () => verdicts.shift()!, now: Date.now, expiryWarningMs };
  const session = new AccessSession(owner, { ...grant, ...first }, null);
  session.begin({
    write: (frame) => heard.push(String(Buffer.from(frame!)).replace(/^[^{]*/, '')),
    close: ({ code, reason }) => heard.push(`${code} ${reason}`),
  });
  return { session, heard, verdicts };
}

describe('a session', () => {
  it('warns its client before the end, once, and closes at the end', async () => {
    const { heard } = stage();
    await vi.advanceTimersByTimeAsync(69_999);
    expect(heard).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(heard.map((text) => JSON.parse(text))).toEqual([
      expect.objectContaining({ code: 'CREDENTIAL_EXPIRES', expires_at: '1970-01-01T00:01:40.000Z' }),
    ]);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(heard).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(heard.at(-1)).toBe('4401 Credential expired');
  });

  it('with a new credential goes on to its end, and is warned anew', async () => {
    const { session, heard, verdicts } = stage();
    await vi.advanceTimersByTimeAsync(80_000);
    verdicts.push({ granted: true, grant: { ...grant, expiresAt: 200_000 } });
    expect(await session.authenticate('b')).toEqual({ outcome: 'authenticated', expiresAt: 200_000 });
    await vi.advanceTimersByTimeAsync(89_999);
    expect(heard).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(heard).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(heard.at(-1)).toBe('4401 Credential expired');
  });

  it.each<[string, AccessVerdict, RegExp]>([
    ['not good', { granted: false, reason: 'the token has expired' }, /expired/],
    ['of somebody else', { granted: true, grant: { ...grant, name: 'token bob' } }, /somebody else/],
    ['not for the stream', { granted: true, grant: { ...grant, scopes: ['status'] } }, /scope 'stream'/],
  ])('refuses a new credential that is %s, and the old one counts on', async (_what, verdict, reason) => {
    const { session, heard, verdicts } = stage();
    verdicts.push(verdict);
    expect(await session.authenticate('b')).toMatchObject({
      outcome: 'refused',
      reason: expect.stringMatching(reason),
    });
    await vi.advanceTimersByTimeAsync(100_000);
    expect(heard.at(-1)).toBe('4401 Credential expired');
  });

  it('without an end, and one that has ended, leave no timer', async () => {
    stage({ expiresAt: null });
    const { session } = stage();
    session.end();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('of many years waits for its end in pieces that a timer can hold', async () => {
    const years = 10 * 365 * 86_400_000;
    const { heard } = stage({ expiresAt: years });
    await vi.advanceTimersByTimeAsync(years - 30_001);
    expect(heard).toEqual([]);
    await vi.advanceTimersByTimeAsync(30_001);
    expect(heard.at(-1)).toBe('4401 Credential expired');
  });

  it('is not warned where no warning is wanted', async () => {
    const { heard } = stage({}, 0);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(heard).toEqual(['4401 Credential expired']);
  });

  it('that is revoked is closed with that reason', () => {
    const { session, heard } = stage();
    session.revoke();
    expect(heard).toEqual(['4401 Credential revoked']);
  });
});
