/** A simulated market as a recording of minutes, with all that the market knows and a recording does not: who held what. */
import { SimulatedMarket, stepMs } from '../../src/feed/simulated-market.ts';
import type { PositionSide } from '../../src/market/event.ts';
import type { RecordedObservation, Recording } from '../../src/score/recording.ts';

const minuteMs = 60_000;
const intervalMs = 30 * minuteMs;
const start = Date.parse('2026-01-01T00:00:00Z');
const openInterestMinutes = 5;
/** Before the first scored interval, so that the book has seen something. */
const warmUpHours = 24;

export interface SimulatedLiquidation {
  readonly time: number;
  readonly side: PositionSide;
  readonly price: number;
  readonly usd: number;
}

export interface SimulatedRecording {
  readonly recording: Recording;
  readonly liquidations: readonly SimulatedLiquidation[];
  readonly market: SimulatedMarket;
}

export function simulatedRecording(seed: number, days: number): SimulatedRecording {
  const market = new SimulatedMarket('BTCUSDT', seed, start);
  const observations: RecordedObservation[] = [];
  const liquidations: SimulatedLiquidation[] = [];
  const minutes = (days * 24 + warmUpHours) * 60;
  let close = market.markPrice;
  for (let minute = 0; minute < minutes; minute++) {
    const id = start + minute * minuteMs;
    if (minute % openInterestMinutes === 0) {
      observations.push({ kind: 'open_interest', time: id, id, contracts: market.openInterest });
    }
    const candle = { open: close, high: close, low: close, volume: 0 };
    for (let step = 0; step < minuteMs / stepMs; step++) {
      for (const observation of market.step()) {
        if (observation.kind === 'trade') candle.volume += observation.quantity;
        if (observation.kind === 'liquidation') {
          const { time, side, price, quantity } = observation;
          liquidations.push({ time, side, price, usd: price * quantity });
        }
      }
      close = market.markPrice;
      candle.high = Math.max(candle.high, close);
      candle.low = Math.min(candle.low, close);
    }
    observations.push({ kind: 'candle', time: id + minuteMs, id, ...candle, close, takerBuyVolume: null });
  }
  const first = start + warmUpHours * 3_600_000;
  const totals = Array.from({ length: (days * 86_400_000) / intervalMs }, (_, i) => ({
    time: first + i * intervalMs,
    longUsd: 0,
    shortUsd: 0,
  }));
  for (const { time, side, usd } of liquidations) {
    // What happens at the very end of an interval belongs to it.
    const total = totals[Math.ceil((time - first) / intervalMs) - 1];
    if (total !== undefined) total[side === 'long' ? 'longUsd' : 'shortUsd'] += usd;
  }
  return { recording: { symbol: 'BTCUSDT', observations, totals, intervalMs }, liquidations, market };
}
