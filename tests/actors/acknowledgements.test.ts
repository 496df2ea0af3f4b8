import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Acknowledgements, largestWindow, noPing } from '../../src/actors/acknowledgements.ts';

/** A burst that finds room, in a turn of its own. @returns the number of its ping. */
function send(acknowledgements: Acknowledgements, now: number, hasBacklog = false): number {
  expect(acknowledgements.takeRoom(now, now, hasBacklog)).toBe(true);
  return acknowledgements.ping;
}

describe('acknowledgements', () => {
  it('of one burst free its place in the window', () => {
    const acknowledgements = new Acknowledgements(1, 0);
    const number = send(acknowledgements, 0);
    expect(acknowledgements.takeRoom(100, 100, false)).toBe(false);
    expect(acknowledgements.acknowledge(number)).toBe(1);
    expect(acknowledgements.takeRoom(100, 100, false)).toBe(true);
  });

  it('are owed once for all frames of a turn, however many symbols are due', () => {
    const acknowledgements = new Acknowledgements(1, 0);
    const numbers = Array.from({ length: 10 }, () => send(acknowledgements, 5));
    expect(new Set(numbers).size).toBe(1);
    expect(acknowledgements.unacknowledged).toBe(1);
  });

  it('count all bursts up to the one answered, since a peer may answer only the newest ping', () => {
    const acknowledgements = new Acknowledgements(3, 0);
    send(acknowledgements, 0);
    send(acknowledgements, 100);
    expect(acknowledgements.acknowledge(send(acknowledgements, 200))).toBe(3);
  });

  it('that were never asked for, or came before, are worth nothing', () => {
    const acknowledgements = new Acknowledgements(2, 0);
    const first = send(acknowledgements, 0);
    expect(acknowledgements.acknowledge((first + 1) % 256)).toBe(0);
    expect(acknowledgements.acknowledge(first)).toBe(1);
    expect(acknowledgements.acknowledge(first)).toBe(0);
  });

  it('tell the age of the oldest burst not yet read', () => {
    const acknowledgements = new Acknowledgements(2, 0);
    expect(acknowledgements.age(5)).toBe(0);
    const first = send(acknowledgements, 100);
    send(acknowledgements, 300);
    expect(acknowledgements.age(500)).toBe(400);
    acknowledgements.acknowledge(first);
    expect(acknowledgements.age(500)).toBe(200);
  });

  it('are asked for now and then only, of a peer that reads all before more is due', () => {
    const acknowledgements = new Acknowledgements(2, 1000);
    acknowledgements.acknowledge(send(acknowledgements, 0));
    expect([100, 200, 999].map((now) => send(acknowledgements, now))).toEqual([noPing, noPing, noPing]);
    expect(acknowledgements.unacknowledged).toBe(0);
    const asked = send(acknowledgements, 1100);
    expect(asked).not.toBe(noPing);
    acknowledgements.acknowledge(asked);
    expect(send(acknowledgements, 1200)).toBe(noPing);
  });

  it('are asked for less often of a peer that has kept up for a while, unless it gets much', () => {
    const acknowledgements = new Acknowledgements(2, 1000);
    const asked = (times: readonly number[]) =>
      times.filter((now) => {
        const number = send(acknowledgements, now);
        acknowledgements.acknowledge(number);
        return number !== noPing;
      });
    const everySecond = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => (from + i) * 1000);
    expect(asked(everySecond(0, 8))).toEqual(everySecond(0, 8));
    expect(asked(everySecond(8, 20))).toEqual([11_000, 15_000, 19_000]);
    const often = Array.from({ length: 80 }, (_, i) => 20_000 + i * 50);
    expect(asked(often)).toEqual([20_800, 21_800, 22_800, 23_800]);
  });

  it('are asked for at every burst of a peer that was overtaken, until it keeps up again', () => {
    const acknowledgements = new Acknowledgements(2, 1000);
    send(acknowledgements, 0);
    acknowledgements.acknowledge(send(acknowledgements, 100));
    expect(acknowledgements.unacknowledged).toBe(0);
    const next = send(acknowledgements, 200);
    expect(next).not.toBe(noPing);
    acknowledgements.acknowledge(next);
    expect(send(acknowledgements, 300)).toBe(noPing);
  });

  it('are asked for whenever bytes wait in the socket, and always where sampling is off', () => {
    const sampled = new Acknowledgements(2, 1000);
    sampled.acknowledge(send(sampled, 0));
    expect(send(sampled, 100, true)).not.toBe(noPing);
    const always = new Acknowledgements(2, 0);
    always.acknowledge(send(always, 0));
    expect(send(always, 100)).not.toBe(noPing);
  });

  it('are awaited one at a time from a peer for whom a frame had to wait, until 16 bursts in a row found room', () => {
    const acknowledgements = new Acknowledgements(2, 0);
    send(acknowledgements, 0);
    const second = send(acknowledgements, 100);
    expect(acknowledgements.takeRoom(200, 200, false)).toBe(false);
    acknowledgements.overtake();
    acknowledgements.acknowledge(second);
    let now = 300;
    for (let calm = 1; calm < 16; calm++, now += 100) {
      const number = send(acknowledgements, now);
      expect(acknowledgements.takeRoom(now + 50, now + 50, false)).toBe(false);
      acknowledgements.acknowledge(number);
    }
    send(acknowledgements, now);
    expect(acknowledgements.takeRoom(now + 50, now + 50, false)).toBe(true);
  });

  it('agree with a plain queue for any window, however often the numbers wrap around', () => {
    const steps = fc.array(fc.oneof(fc.constant('send' as const), fc.nat({ max: 300 })), { maxLength: 600 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: largestWindow }), steps, (window, program) => {
        const acknowledgements = new Acknowledgements(window, 0);
        const queue: { number: number; at: number }[] = [];
        for (const [i, step] of program.entries()) {
          const now = i * 100;
          if (step === 'send') {
            expect(acknowledgements.takeRoom(now, now, false)).toBe(queue.length < window);
            if (queue.length < window) queue.push({ number: acknowledgements.ping, at: now });
          } else {
            const number = step % 256;
            const place = queue.findIndex((sent) => sent.number === number);
            expect(acknowledgements.acknowledge(number)).toBe(place + 1);
            queue.splice(0, place + 1);
          }
          expect(acknowledgements.unacknowledged).toBe(queue.length);
          expect(acknowledgements.age(now)).toBe(queue.length === 0 ? 0 : now - queue[0]!.at);
        }
      }),
    );
  });
});
