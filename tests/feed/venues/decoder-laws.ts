/** What every decoder holds, whatever comes: an answer, never a throw, and only observations that a stream accepts. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FrameDecoder } from '../../../src/feed/venues/decoded-frame.ts';
import { decide } from '../../../src/market/decide.ts';

const outcomes = ['market', 'margin_tiers', 'bad_margin_tiers', 'answer', 'pong', 'unused', 'bad'];

/** A frame with one value in it, at any depth, made something else. */
function damaged(frame: unknown, at: number, value: unknown): unknown {
  let left = at;
  const walk = (node: unknown): unknown => {
    if (left-- === 0) return value;
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, part]) => [key, walk(part)]));
  };
  return walk(frame);
}

export function holdsAgainstGarbage(newDecoder: () => FrameDecoder, frames: readonly unknown[]): void {
  const isSound = (text: string) => {
    const decoded = newDecoder()(text);
    expect(outcomes).toContain(decoded.outcome);
    if (decoded.outcome !== 'market') return;
    for (const { observation } of decoded.observations) {
      const state = { lastIds: new Float64Array(16).fill(Number.NaN), tick: Number.NaN };
      const decision = decide(state, observation);
      // What is within the format and beyond any market is the stream's to refuse, by name.
      if (decision.outcome === 'refused') expect(decision.reason).toMatch(/is not within|is not a moment/);
      else expect(decision.outcome).toBe('accepted');
    }
  };

  it('is answered whatever text it is', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), isSound));
  });

  it('is answered when it breaks off anywhere', () => {
    const broken = fc.constantFrom(...frames).chain((frame) => {
      const text = JSON.stringify(frame);
      return fc.nat({ max: text.length }).map((length) => text.slice(0, length));
    });
    fc.assert(fc.property(broken, isSound));
  });

  it('is answered when any value in it is of another type', () => {
    const changed = fc.tuple(fc.constantFrom(...frames), fc.nat({ max: 30 }), fc.jsonValue());
    fc.assert(fc.property(changed, ([frame, at, value]) => isSound(JSON.stringify(damaged(frame, at, value)) ?? '')));
  });
}
