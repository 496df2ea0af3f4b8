import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AdmissionLimits, Doorkeeper } from '../../src/actors/admission.ts';
import { Places } from '../../src/actors/places.ts';

const limits: AdmissionLimits = {
  maxPerAddress: 2,
  handshakeRate: { perSecond: 10, burst: 100 },
  maxLoopLagMs: 500,
  retryAfterSeconds: 5,
  unstableReconnects: 2,
  unstableWindowMs: 60_000,
};

const doorkeeper = (own: Partial<AdmissionLimits> = {}, places = 5, random = () => 0) =>
  new Doorkeeper({ ...limits, ...own }, new Places(places), 0, random);

const reasonOf = (answer: ReturnType<Doorkeeper['admit']>) => (answer.admitted ? null : answer.reason);

describe('admission', () => {
  it('holds an address to its share, while others still come in', () => {
    const door = doorkeeper();
    for (let i = 0; i < 2; i++) {
      door.admit('a', 0);
      door.opened('a', 0);
    }
    expect(reasonOf(door.admit('a', 0))).toBe('your address has 2 connections, as many as one may');
    expect(door.admit('b', 0).admitted).toBe(true);
    door.closed('a', false, 0);
    expect(door.admit('a', 0).admitted).toBe(true);
  });

  it('gives an address all there are when it has no limit of its own', () => {
    const door = doorkeeper({ maxPerAddress: 0 });
    for (let i = 0; i < 5; i++) {
      expect(door.admit('a', 0).admitted).toBe(true);
      door.opened('a', 0);
    }
    expect(reasonOf(door.admit('b', 0))).toBe('all 5 connections are taken');
  });

  it('lets in a burst and then so many a second', () => {
    const door = doorkeeper({ handshakeRate: { perSecond: 10, burst: 3 } }, 100);
    const admitted = (now: number) => Array.from({ length: 5 }, () => door.admit('a', now).admitted);
    expect(admitted(0)).toEqual([true, true, true, false, false]);
    expect(admitted(100)).toEqual([true, false, false, false, false]);
    expect(admitted(10_000)).toEqual([true, true, true, false, false]);
    expect(reasonOf(door.admit('a', 10_000))).toBe('too many clients connect at once');
  });

  it('takes on nobody while the event loop is late', () => {
    const door = doorkeeper();
    door.sweep(501, 0);
    expect(reasonOf(door.admit('a', 0))).toBe('the server is overloaded');
    door.sweep(3, 10);
    expect(door.admit('a', 10).admitted).toBe(true);
  });

  it('spreads those it refuses over a time', () => {
    const waits = [0, 0.5, 0.999].map((random) => {
      const door = doorkeeper({}, 0, () => random);
      const answer = door.admit('a', 0);
      return answer.admitted ? Number.NaN : answer.retryAfterSeconds;
    });
    expect(waits).toEqual([5, 8, 10]);
    const moments = [0, 0.5, 0.999].map((random) => {
      const door = doorkeeper({}, 5, () => random);
      door.sweep(501, 0);
      const answer = door.admit('a', 0);
      return answer.admitted ? Number.NaN : answer.retryAfterSeconds;
    });
    expect(moments).toEqual([1, 3, 5]);
  });

  it('notices who comes back too often within the window, and forgets it after', () => {
    const door = doorkeeper();
    const reconnect = (now: number) => {
      door.closed('a', true, now);
      return door.opened('a', now);
    };
    expect(door.opened('a', 0)).toBe(0);
    expect([reconnect(10), reconnect(20), reconnect(30)]).toEqual([0, 2, 3]);
    expect(reconnect(60_015)).toBe(3);
    expect(reconnect(200_000)).toBe(0);
  });

  it('does not blame one of many behind an address for what others lose', () => {
    const door = doorkeeper({ maxPerAddress: 0 });
    for (let i = 0; i < 10; i++) door.opened('proxy', 0);
    const reconnect = (now: number) => {
      door.closed('proxy', true, now);
      return door.opened('proxy', now);
    };
    const answers = Array.from({ length: 10 }, (_, i) => reconnect(i));
    expect(answers.slice(0, 9)).toEqual(new Array(9).fill(0));
    expect(answers[9]).toBe(10);
  });

  it('lets in exactly while there is room, whatever comes and goes', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('come', 'go'), fc.constantFrom('a', 'b', 'c')), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (program) => {
        const door = doorkeeper({ handshakeRate: { perSecond: 1, burst: 1000 } });
        const open: string[] = [];
        for (const [step, address] of program) {
          const own = open.filter((other) => other === address).length;
          if (step === 'come') {
            const { admitted } = door.admit(address, 0);
            expect(admitted).toBe(open.length < 5 && own < 2);
            if (!admitted) continue;
            door.opened(address, 0);
            open.push(address);
          } else if (own > 0) {
            open.splice(open.indexOf(address), 1);
            door.closed(address, false, 0);
          }
          door.sweep(0, 0);
        }
      }),
    );
  });
});
