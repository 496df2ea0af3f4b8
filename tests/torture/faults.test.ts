import { describe, expect, it } from 'vitest';
import { FaultSchedule } from '../../torture/fault-schedule.ts';

const runs = 300;

describe('a client in delta mode behind a link that does everything wrong', () => {
  it('shows what the server shows, or knows that it does not', () => {
    for (let seed = 1; seed <= runs; seed++) new FaultSchedule(seed, { verifies: true }).play();
  });

  it('would show what the server never showed, if it did not compare checksums', () => {
    const plays = Array.from({ length: runs }, (_, i) => () => new FaultSchedule(i + 1, { verifies: false }).play());
    const isBroken = (play: () => void) => {
      try {
        play();
        return false;
      } catch (error) {
        expect(String(error)).toMatch(/is not what the server showed/);
        return true;
      }
    };
    expect(plays.filter(isBroken).length).toBeGreaterThan(runs / 2);
  });
});
