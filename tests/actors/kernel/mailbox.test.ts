import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Mailbox } from '../../../src/actors/kernel/mailbox.ts';

describe('Mailbox', () => {
  it('gives messages back as a plain list would, whatever is put in and taken out at either end', () => {
    const operation = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({ type: fc.constant('push' as const), message: fc.option(fc.nat(), { nil: undefined }) }),
      },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('unshift' as const), message: fc.nat() }) },
      { weight: 2, arbitrary: fc.record({ type: fc.constant('shift' as const) }) },
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
        const mailbox = new Mailbox<number | undefined>();
        const model: (number | undefined)[] = [];
        for (const operation of operations) {
          if (operation.type === 'push') {
            mailbox.push(operation.message);
            model.push(operation.message);
          } else if (operation.type === 'unshift') {
            mailbox.unshift(operation.message);
            model.unshift(operation.message);
          } else if (model.length > 0) {
            expect(mailbox.shift()).toBe(model.shift());
          }
          expect(mailbox.size).toBe(model.length);
          expect(mailbox.tail - mailbox.head).toBe(model.length);
        }
        while (model.length > 0) expect(mailbox.shift()).toBe(model.shift());
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps the position of a message while others are taken out or put before it', () => {
    const mailbox = new Mailbox<string>();
    mailbox.push('a');
    const positionOfB = mailbox.tail;
    mailbox.push('b');
    mailbox.shift();
    expect(mailbox.head).toBe(positionOfB);
    mailbox.unshift('a');
    expect(mailbox.head).toBe(positionOfB - 1);
    mailbox.shift();
    expect(mailbox.head).toBe(positionOfB);
    expect(mailbox.shift()).toBe('b');
  });
});
