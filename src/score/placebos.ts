/**
 * Forecasts that must have no skill: if one scores, the score measures something else than the map and its path. Each is a forecast
 * that was made for another interval, or for the other side.
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { PositionSide } from '../market/event.ts';
import type { IntervalForecast } from './forecast.ts';
import { sides } from './recording.ts';
import { type Rival, type Series, seriesOf } from './rivals.ts';

const weekMs = 7 * 86_400_000;

/** @param intervalMs distance of the intervals. */
export function placebosOf(forecasts: readonly IntervalForecast[], intervalMs: number, seed: number): Rival[] {
  const count = forecasts.length;
  const total = (side: PositionSide, place: number) => forecasts[place]![side].total;
  return [
    { name: 'forecast of a week before', series: shifted(forecasts, intervalMs) },
    {
      name: 'sides swapped',
      series: seriesOf(count, (side, place) => total(side === 'long' ? 'short' : 'long', place)),
    },
    { name: 'shuffled', series: shuffled(forecasts, seed) },
  ];
}

/** The intervals as a ring, so that the first week takes what is a week before it there; half of a ring that has no week and a day. */
export function shifted(forecasts: readonly IntervalForecast[], intervalMs: number): Series {
  const count = forecasts.length;
  const week = Math.round(weekMs / intervalMs);
  const shift = count > week * (8 / 7) ? week : Math.floor(count / 2);
  return seriesOf(count, (side, place) => forecasts[(place + count - shift) % count]![side].total);
}

/** The forecasts of each side in random order. */
export function shuffled(forecasts: readonly IntervalForecast[], seed: number): Series {
  const random = xoroshiro128plus(seed);
  const order = sides.map(() => {
    const places = forecasts.map((_, place) => place);
    for (let i = places.length - 1; i > 0; i--) {
      const j = uniformInt(random, 0, i);
      [places[i], places[j]] = [places[j]!, places[i]!];
    }
    return places;
  });
  return seriesOf(forecasts.length, (side, place) => forecasts[order[side === 'long' ? 0 : 1]![place]!]![side].total);
}
