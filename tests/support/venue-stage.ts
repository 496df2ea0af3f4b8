/** Simulated venues on loopback, as real sockets, and the settings of a server that listens to them. */
import { systemClock } from '../../src/actors/kernel/system-clock.ts';
import { VenueMarket, type VenueName } from './venue-market.ts';
import { binanceProtocol } from './venue-protocol-binance.ts';
import { bybitProtocol } from './venue-protocol-bybit.ts';
import { VenueServer } from './venue-server.ts';
import { noFaults, type VenueFaults, VenueSimulator } from './venue-simulator.ts';

export class VenueStage {
  readonly binance: VenueServer;
  readonly bybit: VenueServer;

  private constructor(binance: VenueServer, bybit: VenueServer) {
    this.binance = binance;
    this.bybit = bybit;
  }

  /** @param bybitSymbols the venue's own names, where they are not the same as Binance's. */
  static async started(
    symbols: readonly string[],
    tradesPerSecond = 20,
    bybitSymbols: readonly string[] = symbols,
  ): Promise<VenueStage> {
    const startTime = Math.floor(systemClock.now());
    const start = (venue: VenueName, faults: VenueFaults) => {
      const listed = venue === 'binance' ? symbols : bybitSymbols;
      const market = new VenueMarket({ venue, symbols: listed, seed: 'stage', startTime, tradesPerSecond });
      const protocol = venue === 'binance' ? binanceProtocol : bybitProtocol;
      return VenueServer.started(new VenueSimulator({ protocol, market, clock: systemClock, seed: 'stage', faults }));
    };
    return new VenueStage(await start('binance', noFaults()), await start('bybit', noFaults()));
  }

  get settings(): Record<string, string> {
    return {
      SOURCE: 'live',
      VENUES: 'binance,bybit',
      VENUE_BINANCE_STREAM: this.binance.webSocketUrl,
      VENUE_BINANCE_REST: this.binance.httpUrl,
      VENUE_BYBIT_STREAM: this.bybit.webSocketUrl,
      VENUE_BYBIT_REST: this.bybit.httpUrl,
      VENUE_RECONNECT_MAX: '0.5',
      VENUE_OPEN_INTEREST: '1',
    };
  }

  async stop(): Promise<void> {
    await Promise.all([this.binance.stop(), this.bybit.stop()]);
  }
}
