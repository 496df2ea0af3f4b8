/** Simulated venues on loopback, as real sockets, and the settings of a server that listens to them. */
import { systemClock } from '../../src/actors/kernel/system-clock.ts';
import type { VenueName } from '../../src/market/venues.ts';
import { VenueMarket } from './venue-market.ts';
import { venueProtocols } from './venue-protocols.ts';
import { VenueServer } from './venue-server.ts';
import { noFaults, type VenueFaults, VenueSimulator } from './venue-simulator.ts';

export class VenueStage {
  readonly binance: VenueServer;
  readonly bybit: VenueServer;
  readonly okx: VenueServer;

  private constructor({ binance, bybit, okx }: Readonly<Record<VenueName, VenueServer>>) {
    this.binance = binance;
    this.bybit = bybit;
    this.okx = okx;
  }

  /** @param bybitSymbols the venue's own names, where they are not the same as Binance's. */
  static async started(
    symbols: readonly string[],
    tradesPerSecond = 20,
    bybitSymbols: readonly string[] = symbols,
  ): Promise<VenueStage> {
    const startTime = Math.floor(systemClock.now());
    const start = (venue: VenueName, faults: VenueFaults) => {
      const listed = venue === 'bybit' ? bybitSymbols : symbols;
      const market = new VenueMarket({ venue, symbols: listed, seed: 'stage', startTime, tradesPerSecond });
      const protocol = venueProtocols[venue];
      return VenueServer.started(new VenueSimulator({ protocol, market, clock: systemClock, seed: 'stage', faults }));
    };
    return new VenueStage({
      binance: await start('binance', noFaults()),
      bybit: await start('bybit', noFaults()),
      okx: await start('okx', noFaults()),
    });
  }

  get addresses(): Record<string, string> {
    return {
      VENUE_BINANCE_STREAM: this.binance.webSocketUrl,
      VENUE_BINANCE_REST: this.binance.httpUrl,
      VENUE_BYBIT_STREAM: this.bybit.webSocketUrl,
      VENUE_BYBIT_REST: this.bybit.httpUrl,
      VENUE_OKX_STREAM: this.okx.webSocketUrl,
      VENUE_OKX_REST: this.okx.httpUrl,
    };
  }

  get settings(): Record<string, string> {
    return {
      ...this.addresses,
      SOURCE: 'live',
      VENUES: 'binance,bybit,okx',
      VENUE_RECONNECT_MAX: '0.5',
      VENUE_OPEN_INTEREST: '1',
    };
  }

  async stop(): Promise<void> {
    await Promise.all([this.binance.stop(), this.bybit.stop(), this.okx.stop()]);
  }
}
