import { describe, expect, it } from 'vitest';
import { SymbolLine, type SymbolLineOptions } from '../../../src/feed/venues/symbol-line.ts';
import type { Observation } from '../../../src/market/event.ts';

const numbered = { isNumbered: true, markEveryMs: 1000, liquidationLagMs: 1000 };
const unnumbered = { isNumbered: false, markEveryMs: null, liquidationLagMs: 500 };
const windowMs = 100;

const trade = (id: number, time = id * 10): Observation => ({
  kind: 'trade',
  time,
  id,
  price: 1,
  quantity: 1,
  taker: 'buy',
});
const mark = (time: number): Observation => ({ kind: 'mark_price', time, id: time, price: 1 });
const liquidation = (time: number): Observation => ({
  kind: 'liquidation',
  time,
  id: time * 1000,
  price: 1,
  quantity: 1,
  side: 'long',
});

function lineOf(options: Partial<SymbolLineOptions> = {}) {
  const asked: number[] = [];
  const line = new SymbolLine({
    venue: numbered,
    windowMs,
    maxHeld: 100,
    fill: (after) => asked.push(after),
    ...options,
  });
  const take = (now: number) =>
    line
      .take(now)
      .map((one) => (one.kind === 'gap_detected' ? `${one.of} ${one.from}–${one.to}` : `${one.kind} ${one.id}`));
  return { line, asked, take };
}

describe('the line of a symbol', () => {
  it('holds a fact for the window, and gives out what was overtaken in its place', () => {
    const { line, take } = lineOf();
    line.accept(trade(2), 0);
    line.accept(trade(1), 50);
    line.accept(mark(15), 60);
    expect(take(99)).toEqual([]);
    expect(take(160)).toEqual(['trade 1', 'mark_price 15', 'trade 2']);
    expect(line.counts.duplicates).toBe(0);
  });

  it('gives each fact once, over however many connections it comes', () => {
    const { line, take } = lineOf();
    for (const at of [0, 1]) for (const one of [trade(1), trade(2), mark(15)]) line.accept(one, at);
    expect(take(200)).toHaveLength(3);
    line.accept(trade(2), 201);
    line.accept(mark(15), 201);
    expect(take(400)).toEqual([]);
    expect(line.counts).toMatchObject({ duplicates: 5, late: 0 });
  });

  it('asks for a numbered trade that is missing and holds what is behind it', () => {
    const { line, asked, take } = lineOf();
    line.accept(trade(1), 0);
    take(100);
    line.accept(trade(4), 100);
    line.accept(mark(50), 100);
    expect(take(210)).toEqual([]);
    expect(take(310)).toEqual([]);
    expect(asked).toEqual([1]);
    line.filled(1, { trades: [trade(2), trade(3), trade(4)], isCut: false, hasMore: false }, 320);
    expect(take(320)).toEqual(['trade 2', 'trade 3', 'trade 4', 'mark_price 50']);
    expect(line.counts).toMatchObject({ gapsFound: 0, gapsFilled: 2 });
  });

  it('tells to the id which numbered trades cannot be had', () => {
    const { line, take } = lineOf();
    line.accept(trade(1), 0);
    take(100);
    line.accept(trade(6), 100);
    take(200);
    take(300);
    line.filled(1, { trades: [trade(3)], isCut: true, hasMore: false }, 310);
    expect(take(310)).toEqual(['trade 2–3', 'trade 3', 'trade 4–6', 'trade 6']);
    line.accept(trade(8), 400);
    // A later hole is asked for again.
    expect(take(500)).toEqual([]);
    expect(line.counts.gapsFound).toBe(2);
  });

  it('tells a beat of marks that was missed', () => {
    const { line, take } = lineOf();
    for (const time of [1000, 2000, 4000]) line.accept(mark(time), 0);
    expect(take(100)).toEqual(['mark_price 1000', 'mark_price 2000', 'mark_price 2001–4000', 'mark_price 4000']);
  });

  it('whose trades have no numbers asks after an interruption, and tells what the answer does not reach', () => {
    const { line, asked, take } = lineOf({ venue: unnumbered });
    line.accept(trade(5), 0);
    line.accept(mark(51), 0);
    take(100);
    line.interrupted();
    line.live(1000);
    expect(asked).toEqual([5]);
    line.accept(trade(30), 1010);
    line.accept(mark(310), 1010);
    line.filled(1, { trades: [trade(20), trade(21)], isCut: true, hasMore: false }, 1100);
    expect(take(1200)).toEqual([
      'trade 6–20',
      'trade 20',
      'trade 21',
      'liquidation 1–310000',
      'trade 30',
      'mark_price 52–310',
      'mark_price 310',
    ]);
  });

  it('tells the stretch in which liquidations may be missing, up to the first fact that is surely new', () => {
    const { line, take } = lineOf({ venue: unnumbered });
    line.accept(liquidation(4000), 0);
    line.accept(mark(5000), 0);
    expect(take(100)).toHaveLength(2);
    line.interrupted();
    line.live(1000);
    line.accept(mark(8000), 1000);
    line.accept(mark(8100), 1010);
    line.accept(liquidation(8200), 1010);
    expect(take(1200)).toEqual([
      'mark_price 5001–8000',
      'liquidation 4500000–8100000',
      'mark_price 8000',
      'mark_price 8100',
      'liquidation 8200000',
    ]);
  });

  it('begins behind what the log has, and asks for what happened since', () => {
    const resume = { firstTime: 0, lastTime: 70, lastIds: { trade: 7, mark_price: 60 } };
    const { line, asked, take } = lineOf({ resume });
    line.accept(trade(7), 0);
    line.live(10);
    expect(take(500)).toEqual([]);
    line.accept(trade(9), 600);
    take(1100);
    take(1210);
    expect(asked).toEqual([7]);
  });

  it('knows the newest of what the log has when it comes again', () => {
    const resume = { firstTime: 0, lastTime: 70, lastIds: { trade: 7, mark_price: 60 } };
    const { line, take } = lineOf({ venue: unnumbered, resume });
    line.live(10);
    line.filled(1, { trades: [], isCut: false, hasMore: false }, 20);
    line.accept(mark(60), 30);
    line.accept(mark(80), 30);
    expect(take(1100)).toEqual(['mark_price 61–80', 'liquidation 1–580000', 'mark_price 80']);
    expect(line.counts).toMatchObject({ duplicates: 1, late: 0 });
  });

  it('that nobody takes from lets go of what is new, and asks for it when there is room again', () => {
    const { line, asked, take } = lineOf({ maxHeld: 10 });
    for (let id = 1; id <= 50; id++) line.accept(trade(id), 0);
    expect(line.held).toBe(11);
    expect(line.counts.overflowed).toBe(39);
    expect(take(100)).toHaveLength(11);
    line.accept(trade(60), 200);
    take(1200);
    take(1310);
    expect(asked).toEqual([11]);
  });

  it('that waits too long for missing trades goes on without them and says so', () => {
    const { line, take } = lineOf({ maxHeld: 10 });
    line.accept(trade(1), 0);
    take(100);
    for (let id = 5; id < 17; id++) line.accept(trade(id), 100);
    expect(take(250).slice(0, 3)).toEqual(['trade 2–5', 'trade 5', 'trade 6']);
  });
});
