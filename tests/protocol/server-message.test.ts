import { describe, expect, it } from 'vitest';
import {
  ackMessage,
  errorMessage,
  goawaySchema,
  invalidSymbol,
  pongMessage,
  serverMessageSchema,
  slowConsumerWarning,
  snapshotSchema,
} from '../../src/protocol/server-message.ts';

const valid = ['BTCUSDT', 'ETHUSDT'];

describe('an answer to an unknown symbol', () => {
  it('reads exactly as the quickstart shows it', () => {
    expect(invalidSymbol('XYZUSDT', valid)).toEqual({
      type: 'error',
      code: 'INVALID_SYMBOL',
      message: "Symbol 'XYZUSDT' not supported. Valid: BTCUSDT, ETHUSDT",
    });
  });

  it('quotes a long one only in part', () => {
    expect(invalidSymbol('x'.repeat(10_000), valid).message).toBe(
      `Symbol '${'x'.repeat(64)}…' not supported. Valid: BTCUSDT, ETHUSDT`,
    );
  });
});

describe('a pong', () => {
  it('carries the time in ISO 8601, UTC', () => {
    expect(pongMessage(Date.UTC(2025, 11, 29, 10, 0, 0, 123))).toEqual({
      type: 'pong',
      timestamp: '2025-12-29T10:00:00.123Z',
    });
  });
});

describe('the schema of what the server says', () => {
  it.each([
    errorMessage('RATE_LIMITED', 'Too many messages'),
    invalidSymbol('X', valid),
    pongMessage(0),
    ackMessage('a', 'subscribe', ['BTCUSDT']),
    ackMessage(7, 'unsubscribe', []),
    slowConsumerWarning(3),
    { type: 'goaway', reconnect_after_ms: 2000 },
  ])('knows %j', (message) => {
    expect(serverMessageSchema.parse(message)).toEqual(message);
  });

  it('refuses a type and an error code that nobody was told of', () => {
    expect(serverMessageSchema.safeParse({ type: 'gossip' }).success).toBe(false);
    expect(serverMessageSchema.safeParse({ type: 'error', code: 'OOPS', message: '' }).success).toBe(false);
    expect(goawaySchema.safeParse({ type: 'goaway', reconnect_after_ms: -1 }).success).toBe(false);
  });

  it('holds the snapshot of the quickstart and the fields that were added to it', () => {
    const snapshot = {
      type: 'snapshot',
      symbol: 'BTCUSDT',
      timestamp: '2025-12-29T10:00:00Z',
      epoch: 'e1',
      seq: 12,
      market_time: '2025-12-29T09:59:59.500Z',
      data: {
        levels: [
          { price: 98_000, long_density: 1_500_000, short_density: 200_000 },
          { price: 99_000, long_density: 2_300_000, short_density: 150_000 },
        ],
        current_price: 98_450,
        positions_created: 450,
        positions_consumed: 120,
        positions_created_total: 4500,
        positions_consumed_total: 1200,
      },
      checksum: 305419896,
    };
    expect(serverMessageSchema.parse(snapshot)).toEqual(snapshot);
    for (const broken of [
      { ...snapshot, timestamp: '2025-12-29 10:00' },
      { ...snapshot, seq: -1 },
      { ...snapshot, data: { ...snapshot.data, current_price: 0 } },
      { ...snapshot, data: { ...snapshot.data, levels: [{ price: 1, long_density: -1, short_density: 0 }] } },
    ]) {
      expect(snapshotSchema.safeParse(broken).success).toBe(false);
    }
  });
});
