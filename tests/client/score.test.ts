/** What the client library makes of scores: asked for by name, and given out as they come. */
import { describe, expect, it } from 'vitest';
import type { ScoreMessage } from '../../src/client/messages.ts';
import { socket, stage, useScriptedSockets } from './client-stage.ts';

useScriptedSockets();

describe('scores', () => {
  it('are asked for by the channel’s name and given out as the server tells them', () => {
    const told: ScoreMessage[] = [];
    const { client, statuses } = stage({ onScore: (message) => told.push(message) });
    client.subscribe(['BTCUSDT'], { channels: ['score'] });
    client.connect();
    socket().open();
    expect(socket().sent).toEqual([{ action: 'subscribe', mode: 'delta', symbols: ['BTCUSDT'], channels: ['score'] }]);
    const moment = '2026-11-25T22:00:00.000Z';
    const entry = { kind: 'frozen' as const, start: moment, end: moment };
    const message: ScoreMessage = {
      type: 'score',
      symbol: 'BTCUSDT',
      timestamp: moment,
      simulated: true,
      missed: 0,
      data: [{ hash: 'aa', entry }],
    };
    socket().say(message);
    expect([told, statuses]).toEqual([[message], ['connecting', 'connected']]);
  });
});
