/** The piece of the settings that is about live venues. */
import type { Settings } from './settings.ts';

/** @param symbols those of every venue; none while it is not known what the venues list. */
export function liveConfig(values: Settings, symbols: readonly string[]) {
  return {
    venues: values.VENUES.map((name) => ({ name, symbols, ...addressesOf(name, values) })),
    /** Null where the symbols are named. */
    listing: values.SYMBOLS === 'all' ? { maxSymbols: values.MAX_SYMBOLS, timeoutMs: values.VENUE_LIST_TIMEOUT } : null,
    staleAfterMs: values.VENUE_STALE_AFTER * 1000,
    timing: { renewAfterMs: values.VENUE_LIFETIME, overlapMs: values.VENUE_OVERLAP },
    reconnectMaxMs: values.VENUE_RECONNECT_MAX,
    desk: {
      line: { windowMs: values.VENUE_ORDER_WINDOW, maxHeld: values.VENUE_MAX_HELD },
      fillTimeoutMs: values.VENUE_FILL_TIMEOUT,
      openInterestEveryMs: values.VENUE_OPEN_INTEREST,
    },
  };
}

function addressesOf(venue: Settings['VENUES'][number], values: Settings) {
  switch (venue) {
    case 'binance':
      return { socketUrl: values.VENUE_BINANCE_STREAM, restUrl: values.VENUE_BINANCE_REST };
    case 'bybit':
      return { socketUrl: values.VENUE_BYBIT_STREAM, restUrl: values.VENUE_BYBIT_REST };
    case 'okx':
      return { socketUrl: values.VENUE_OKX_STREAM, restUrl: values.VENUE_OKX_REST };
    default:
      return venue satisfies never;
  }
}
