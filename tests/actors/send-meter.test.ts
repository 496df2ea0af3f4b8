import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SendMeter } from '../../src/actors/send-meter.ts';

describe('the send meter', () => {
  it('counts from the start, before anything was sampled', () => {
    const meter = new SendMeter();
    meter.add();
    meter.add();
    expect(meter.lastMinute(0)).toBe(2);
    expect(meter.total).toBe(2);
  });

  it('counts the last 60 seconds, to the second, for any sending', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 300 }), (perSecond) => {
        const meter = new SendMeter();
        for (const [second, messages] of perSecond.entries()) {
          meter.sample(second * 1000);
          for (let i = 0; i < messages; i++) meter.add();
        }
        const now = (perSecond.length - 1) * 1000 + 999;
        const lastMinute = perSecond.slice(-60).reduce((sum, messages) => sum + messages, 0);
        expect(meter.lastMinute(now)).toBe(lastMinute);
      }),
    );
  });

  it('forgets all when nothing was sent for a minute', () => {
    const meter = new SendMeter();
    meter.sample(0);
    meter.add();
    for (let now = 1000; now <= 61_000; now += 1000) meter.sample(now);
    expect(meter.lastMinute(61_000)).toBe(0);
    expect(meter.total).toBe(1);
  });
});
