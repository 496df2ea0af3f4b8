/** The closing handshake of RFC 6455 at its edges, beside the ordinary cases of `rfc6455.test.ts`. */
import { describe, expect, it } from 'vitest';
import { close, frame, op, ping, RawWebSocket, text } from '../support/raw-websocket.ts';
import { pingMessage, startStage } from './protocol-stage.ts';

const open = async () => RawWebSocket.open((await startStage()).port);

describe('RFC 6455, 5.5.1, 7: closing', () => {
  it.each([
    ['no code', close()],
    ['a code alone', close(1000)],
    ['a reason', close(4000, 'adiós 😀')],
    ['the longest reason', close(4999, 'x'.repeat(123))],
  ])('%s is answered by the same, once, and the connection is ended', async (_what, sent) => {
    const raw = await open();
    raw.send(sent, sent);
    const payload = Buffer.from(sent.subarray(6)).map((byte, i) => byte ^ sent[2 + (i % 4)]!);
    expect(await raw.next()).toMatchObject({ opcode: op.close, isFinal: true, payload: Buffer.from(payload) });
    expect(await raw.next()).toBeNull();
  });

  it.each([1002, 1008, 1009, 1010, 1012, 1013, 1014])('7.4.1: with %i is answered with it', async (code) => {
    const raw = await open();
    raw.send(close(code));
    expect(await raw.closeCode()).toBe(code);
  });

  it.each(['c3', 'e282', '61f09f98', 'eda080'])('with %s for a reason, which is not UTF-8, is 1007', async (hex) => {
    const raw = await open();
    raw.send(close(1000, Buffer.from(hex, 'hex')));
    expect(await raw.closeCode()).toBe(1007);
  });

  it('7.1.1: who is told to go and answers is hung up on by the server', async () => {
    const { port, clients } = await startStage();
    const raw = await RawWebSocket.open(port);
    const gone = clients.sayGoodbye();
    expect(await raw.nextJson()).toMatchObject({ type: 'goaway' });
    const told = (await raw.next())!;
    expect([told.opcode, told.payload.readUInt16BE(0)]).toEqual([op.close, 1001]);
    raw.send(text(pingMessage), ping('late'), close(1001));
    expect(await raw.next()).toBeNull();
    raw.end();
    await gone;
  });

  it('7.1.7: whatever comes behind what broke the protocol is not heard', async () => {
    const raw = await open();
    raw.send(frame({ opcode: 3 }), text(pingMessage), ping('x'), close(1000));
    expect(await raw.closeCode()).toBe(1002);
  });
});
