/**
 * Forecasts that must have no skill: if one scores, the score measures something else than the map. Each keeps the price path of the
 * interval that it is judged on, and takes the map from elsewhere.
 *
 * What a placebo may still know is how far price went; so its skill is the rank correlation given the size of the move.
 */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { IntervalForecast } from './forecast.ts';
import type { IntervalPath } from './price-path.ts';
import { sides } from './recording.ts';
import { type Rival, type Series, seriesOf } from './rivals.ts';

const weekMs = 7 * 86_400_000;

/** Map of a week before: what the forecast of then said for each USD of way, on the way of now. */
export function placebosOf(
  forecasts: readonly IntervalForecast[],
  paths: readonly IntervalPath[],
  seed: number,
): Rival[] {
  const placeOf = new Map(paths.map(({ time }, place) => [time, place]));
  const swept = (side: 'long' | 'short', place: number) => forecasts[place]![side].total;
  const weekBefore = (place: number) => placeOf.get(paths[place]!.time - weekMs);
  return [
    {
      name: 'map of a week before',
      // The first week has none before it and takes the last week's.
      series: seriesOf(paths.length, (side, place) =>
        swept(side, weekBefore(place) ?? placeOf.get(paths[place]!.time + weekMs) ?? place),
      ),
    },
    {
      name: 'sides swapped',
      series: seriesOf(paths.length, (side, place) => swept(side === 'long' ? 'short' : 'long', place)),
    },
    { name: 'shuffled', series: shuffled(forecasts, seed) },
  ];
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
