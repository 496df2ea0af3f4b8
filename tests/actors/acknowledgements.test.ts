import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Acknowledgements, largestWindow, noPing } from '../../src/actors/acknowledgements.ts';

describe('acknowledgements', () => {
  it('of one frame free its place in the window', () => {
    const acknowledgements = new Acknowledgements(2, 0);
    const number = acknowledgements.sent(0);
    expect(acknowledgements.unacknowledged).toBe(1);
    expect(acknowledgements.acknowledge(number)).toBe(1);
    expect(acknowledgements.unacknowledged).toBe(0);
  });

  it('count all frames up to the one answered, since a peer may answer only the newest ping', () => {
    const acknowledgements = new Acknowledgements(3, 0);
    acknowledgements.sent(0);
    acknowledgements.sent(0);
    const third = acknowledgements.sent(0);
    expect(acknowledgements.acknowledge(third)).toBe(3);
  });

  it('that were never asked for, or came before, are worth nothing', () => {
    const acknowledgements = new Acknowledgements(2, 0);
    const first = acknowledgements.sent(0);
    expect(acknowledgements.acknowledge((first + 1) % 256)).toBe(0);
    expect(acknowledgements.acknowledge(first)).toBe(1);
    expect(acknowledgements.acknowledge(first)).toBe(0);
  });

  it('tell the age of the oldest frame not yet read', () => {
    const acknowledgements = new Acknowledgements(2, 0);
    expect(acknowledgements.age(5)).toBe(0);
    const first = acknowledgements.sent(10);
    acknowledgements.sent(30);
    expect(acknowledgements.age(50)).toBe(40);
    acknowledgements.acknowledge(first);
    expect(acknowledgements.age(50)).toBe(20);
  });

  it('are asked for now and then only, of a peer that reads all before more is due', () => {
    const acknowledgements = new Acknowledgements(2, 1000);
    expect(acknowledgements.sent(0)).toBe(0);
    acknowledgements.acknowledge(0);
    expect([100, 200, 999].map((now) => acknowledgements.sent(now))).toEqual([noPing, noPing, noPing]);
    expect(acknowledgements.unacknowledged).toBe(0);
    expect(acknowledgements.sent(1000)).toBe(1);
    // Several symbols of one tick are one burst, and none of them is free while an answer is awaited.
    expect(acknowledgements.sent(1010)).toBe(2);
    acknowledgements.acknowledge(2);
    expect(acknowledgements.sent(1100)).toBe(noPing);
  });

  it.each<[string, (acknowledgements: Acknowledgements) => void]>([
    ['was overtaken by the next frame', (acknowledgements) => acknowledgements.sent(100)],
    ['kept a frame waiting', (acknowledgements) => acknowledgements.overtake()],
  ])('are asked for at every frame of a peer that %s, until it keeps up again', (_what, overtake) => {
    const acknowledgements = new Acknowledgements(2, 1000);
    acknowledgements.sent(0);
    overtake(acknowledgements);
    acknowledgements.acknowledge(acknowledgements.unacknowledged - 1);
    expect(acknowledgements.unacknowledged).toBe(0);
    const next = acknowledgements.sent(200);
    expect(next).not.toBe(noPing);
    acknowledgements.acknowledge(next);
    expect(acknowledgements.sent(300)).toBe(noPing);
  });

  it('are asked for whenever bytes wait in the socket, and always where sampling is off', () => {
    const sampled = new Acknowledgements(2, 1000);
    sampled.acknowledge(sampled.sent(0));
    expect(sampled.sent(10, true)).not.toBe(noPing);
    const always = new Acknowledgements(2, 0);
    always.acknowledge(always.sent(0));
    expect(always.sent(10)).not.toBe(noPing);
  });

  it('agree with a plain queue for any window, however often the numbers wrap around', () => {
    const steps = fc.array(fc.oneof(fc.constant('send' as const), fc.nat({ max: 300 })), { maxLength: 600 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: largestWindow }), steps, (window, program) => {
        const acknowledgements = new Acknowledgements(window, 0);
        const queue: { number: number; at: number }[] = [];
        for (const [now, step] of program.entries()) {
          if (step === 'send') {
            if (queue.length < window) queue.push({ number: acknowledgements.sent(now), at: now });
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
