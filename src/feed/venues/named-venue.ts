/** A venue that takes and tells our names of symbols, made of one that knows only its own. */
import type { DecodedFrame } from './decoded-frame.ts';
import type { SymbolNames } from './symbol-names.ts';
import type { Venue } from './venue.ts';

export function namedVenue(venue: Venue, names: SymbolNames): Venue {
  const { venueNameOf, canonicalOf } = names;
  const { openInterest, marginTiers, listing } = venue;
  return {
    ...venue,
    subscribe: (symbols, isFirst) => venue.subscribe(symbols.map(venueNameOf), isFirst),
    newDecoder: () => {
      const decode = venue.newDecoder();
      return (text) => renamed(decode(text), names);
    },
    tradesPath: (symbol, afterId) => venue.tradesPath(venueNameOf(symbol), afterId),
    readTrades: (symbol, afterId, answer) => venue.readTrades(venueNameOf(symbol), afterId, answer),
    openInterest: openInterest && { ...openInterest, path: (symbol) => openInterest.path(venueNameOf(symbol)) },
    marginTiers: marginTiers && {
      ...marginTiers,
      path: (symbol, cursor) => marginTiers.path(venueNameOf(symbol), cursor),
      read: (symbol, body) => marginTiers.read(venueNameOf(symbol), body),
    },
    listing: {
      ...listing,
      read: (bodies) => {
        const { listed, leftOut } = listing.read(bodies);
        return { listed: listed.map((one) => ({ ...one, symbol: canonicalOf(one.symbol) })), leftOut };
      },
    },
  };
}

function renamed(frame: DecodedFrame, { canonicalOf }: SymbolNames): DecodedFrame {
  switch (frame.outcome) {
    case 'market':
      // Nearly every frame goes through as it is.
      if (frame.observations.every(({ symbol }) => canonicalOf(symbol) === symbol)) return frame;
      return {
        ...frame,
        observations: frame.observations.map((told) => ({ ...told, symbol: canonicalOf(told.symbol) })),
      };
    case 'margin_tiers':
      return { ...frame, symbol: canonicalOf(frame.symbol) };
    default:
      return frame;
  }
}
