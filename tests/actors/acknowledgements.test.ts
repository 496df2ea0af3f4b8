import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Acknowledgements, largestWindow } from '../../src/actors/acknowledgements.ts';

describe('acknowledgements', () => {
  it('of one frame free its place in the window', () => {
    const acknowledgements = new Acknowledgements(2);
    const number = acknowledgements.sent(0);
    expect(acknowledgements.unacknowledged).toBe(1);
    expect(acknowledgements.acknowledge(number)).toBe(1);
    expect(acknowledgements.unacknowledged).toBe(0);
  });

  it('count all frames up to the one answered, since a peer may answer only the newest ping', () => {
    const acknowledgements = new Acknowledgements(3);
    acknowledgements.sent(0);
    acknowledgements.sent(0);
    const third = acknowledgements.sent(0);
    expect(acknowledgements.acknowledge(third)).toBe(3);
  });

  it('that were never asked for, or came before, are worth nothing', () => {
    const acknowledgements = new Acknowledgements(2);
    const first = acknowledgements.sent(0);
    expect(acknowledgements.acknowledge((first + 1) % 256)).toBe(0);
    expect(acknowledgements.acknowledge(first)).toBe(1);
    expect(acknowledgements.acknowledge(first)).toBe(0);
  });

  it('tell the age of the oldest frame not yet read', () => {
    const acknowledgements = new Acknowledgements(2);
    expect(acknowledgements.age(5)).toBe(0);
    const first = acknowledgements.sent(10);
    acknowledgements.sent(30);
    expect(acknowledgements.age(50)).toBe(40);
    acknowledgements.acknowledge(first);
    expect(acknowledgements.age(50)).toBe(20);
  });

  it('agree with a plain queue for any window, however often the numbers wrap around', () => {
    const steps = fc.array(fc.oneof(fc.constant('send' as const), fc.nat({ max: 300 })), { maxLength: 600 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: largestWindow }), steps, (window, program) => {
        const acknowledgements = new Acknowledgements(window);
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
