import { describe, expect, it } from 'vitest';
import { SendMeter } from '../../src/actors/send-meter.ts';

describe('the send meter', () => {
  it('counts the last 60 seconds and forgets what is older', () => {
    let now = 1_000_000;
    const meter = new SendMeter(() => now);
    meter.add();
    meter.add();
    now += 30_000;
    meter.add();
    expect(meter.lastMinute()).toBe(3);
    now += 30_000;
    expect(meter.lastMinute()).toBe(1);
    now += 60_000;
    expect(meter.lastMinute()).toBe(0);
    expect(meter.total).toBe(3);
  });

  it('does not count a bucket twice when the minute comes round to it again', () => {
    let now = 0;
    const meter = new SendMeter(() => now);
    for (let second = 0; second < 180; second++) {
      now = second * 1000;
      meter.add();
    }
    expect(meter.lastMinute()).toBe(60);
  });
});
