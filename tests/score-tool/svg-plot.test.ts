import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escaped, svgPlot, ticksOf } from '../../src/score-tool/svg-plot.ts';

describe('ticks of an axis', () => {
  it('are few round numbers within its ends', () => {
    expect(ticksOf({ from: -0.5, to: 1, isLogarithmic: false, title: '' })).toEqual([-0.5, 0, 0.5, 1]);
    expect(ticksOf({ from: 3, to: 20_000, isLogarithmic: true, title: '' })).toEqual([10, 100, 1000, 10_000]);
    const end = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(end, fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (from, width) => {
        const ticks = ticksOf({ from, to: from + width, isLogarithmic: false, title: '' });
        expect(ticks.length).toBeLessThanOrEqual(7);
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(from - width * 1e-6);
          expect(tick).toBeLessThanOrEqual(from + width * (1 + 1e-6));
        }
      }),
    );
  });
});

describe('a plot', () => {
  const scale = (isLogarithmic: boolean) => ({ from: 1, to: 100, isLogarithmic, title: 'USD' });
  const mark = { colour: '#000', label: 'a < b' };

  it('puts a mark where its numbers are, and leaves out what has none', () => {
    const marks = [
      { ...mark, x: 10, y: 10 },
      { ...mark, x: Number.NaN, y: 5 },
    ];
    const svg = svgPlot({ title: 'A & B', x: scale(true), y: scale(true), marks }, 520);
    expect(svg.match(/<circle/g)).toHaveLength(1);
    // Half way on a logarithmic axis from 70 to 500.
    expect(svg).toContain('cx="285.0"');
    expect(svg).not.toContain('NaN');
    expect(svg).toContain('A &#38; B');
    expect(svg).toContain('a &#60; b');
  });

  it('cannot be broken out of by what it is told', () => {
    expect(escaped('<script>"&')).toBe('&#60;script&#62;&#34;&#38;');
  });
});
