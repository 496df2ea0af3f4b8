/** The credential of the client library: how it is sent, and how it is renewed without a break. */
import { describe, expect, it, vi } from 'vitest';
import { loseAndWait, socket, stage, useScriptedSockets } from './client-stage.ts';
import { ScriptedSocket } from './scripted-socket.ts';

useScriptedSockets();

const expires = { type: 'warning', code: 'CREDENTIAL_EXPIRES', message: 'soon', expires_at: '2026-01-01T00:00:00Z' };

describe('a credential', () => {
  it('goes with the connection as a subprotocol, and nothing does without one', () => {
    stage({ token: 'secret' }).client.connect();
    expect(socket().protocols).toEqual(['heatline', 'heatline.bearer.secret']);
    stage().client.connect();
    expect(socket().protocols).toBeUndefined();
  });

  it('may come from a function, now or later, and is asked for anew at each connection', async () => {
    let count = 0;
    const { client } = stage({ token: async () => `t${++count}` });
    client.connect();
    await vi.advanceTimersByTimeAsync(0);
    expect(socket().protocols).toEqual(['heatline', 'heatline.bearer.t1']);
    await loseAndWait(2000);
    expect(socket().protocols).toEqual(['heatline', 'heatline.bearer.t2']);
  });

  it('that is not wanted any more when it comes opens nothing', async () => {
    const { client, statuses } = stage({ token: async () => 'late' });
    client.connect();
    client.disconnect();
    await vi.advanceTimersByTimeAsync(0);
    expect(ScriptedSocket.made).toEqual([]);
    client.connect();
    client.connect();
    await vi.advanceTimersByTimeAsync(0);
    expect(ScriptedSocket.made).toHaveLength(1);
    expect(statuses.at(-1)).toBe('connecting');
  });

  it('that cannot be had is an error, and is tried for again like a connection', async () => {
    const token = vi.fn().mockRejectedValueOnce(new Error('no identity')).mockResolvedValue('ok');
    const { client, errors } = stage({ token });
    client.connect();
    await vi.advanceTimersByTimeAsync(2000);
    expect(errors.map(({ message }) => message)).toEqual(['no identity']);
    expect(socket().protocols).toEqual(['heatline', 'heatline.bearer.ok']);
  });

  it('is renewed in place when the server says that it expires', async () => {
    let count = 0;
    const { client } = stage({ token: () => `t${++count}` });
    client.connect();
    await vi.advanceTimersByTimeAsync(0);
    socket().open();
    socket().say(expires);
    await vi.advanceTimersByTimeAsync(0);
    expect(socket().sent).toContainEqual({ action: 'authenticate', token: 't2' });
    expect(ScriptedSocket.made).toHaveLength(1);
  });

  it('that never changes is not sent again, and its end is the end: 4401 is final', async () => {
    const { client, statuses } = stage({ token: 'fixed' });
    client.connect();
    socket().open();
    socket().say(expires);
    await vi.advanceTimersByTimeAsync(0);
    expect(socket().sent).toEqual([]);
    socket().end(4401, 'Credential expired');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ScriptedSocket.made).toHaveLength(1);
    expect(statuses.at(-1)).toBe('failed');
  });

  it('that can be renewed brings the client back after 4401, but not after 4403', async () => {
    const { client, statuses } = stage({ token: () => 'new' });
    client.connect();
    await vi.advanceTimersByTimeAsync(0);
    socket().open();
    socket().end(4401, 'Credential revoked');
    await vi.advanceTimersByTimeAsync(2000);
    expect(ScriptedSocket.made).toHaveLength(2);
    socket().end(4403, 'Forbidden');
    expect(statuses.at(-1)).toBe('failed');
  });
});
