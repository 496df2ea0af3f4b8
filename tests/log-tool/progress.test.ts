import { describe, expect, it } from 'vitest';
import { progressOn } from '../../src/log-tool/progress.ts';

describe('progress', () => {
  it.each([
    [true, ['\revents: 50 of 200 (25 %), about 3 s left\x1b[K', '\r\x1b[K']],
    [false, ['events: 50 of 200 (25 %), about 3 s left\n']],
  ])('is told once a second, on one line of a terminal (%s)', (isTTY, expected) => {
    let now = 1000;
    const written: string[] = [];
    const progress = progressOn({ isTTY, write: (text) => written.push(text) }, 'events', () => now);
    progress.at(0, 200);
    now = 1900;
    progress.at(40, 200);
    now = 2000;
    progress.at(50, 200);
    now = 2100;
    progress.at(60, 200);
    progress.end();
    expect(written).toEqual(expected);
  });
});
