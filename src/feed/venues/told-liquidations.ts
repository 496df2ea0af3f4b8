/** How much a venue tells of its liquidations. Where the source names none it is not known, and a sample is what one may rely on. */
import { type VenueName, venueNames } from '../../market/venues.ts';
import { newVenue } from './new-venue.ts';
import type { Venue } from './venue.ts';

const told = new Map(venueNames.map((name) => [name, newVenue(name).liquidations]));

export function toldLiquidations(venue: VenueName | undefined): Venue['liquidations'] {
  return (venue !== undefined && told.get(venue)) || 'sampled';
}
