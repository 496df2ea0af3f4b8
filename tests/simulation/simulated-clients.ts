/** The half of a simulated server that `LocalClients` is: the supervisor with its connections, and the port they come in by. */
import { pino } from 'pino';
import type { ActorRef } from '../../src/actors/kernel/actor-ref.ts';
import type { ActorSystem } from '../../src/actors/kernel/actor-system.ts';
import type { NewsDesk } from '../../src/actors/news-desk.ts';
import { Places } from '../../src/actors/places.ts';
import { ReplaySlots } from '../../src/actors/replay-source.ts';
import { type ConnectionGate, type SupervisorMessage, supervisor } from '../../src/actors/supervisor.ts';
import type { SymbolFrame } from '../../src/actors/symbol-frame.ts';
import { TurnCounter } from '../../src/actors/turn-counter.ts';
import { supervisorLines } from '../../src/log-lines.ts';
import type { FrameChannel } from '../../src/streams/frame-channel.ts';
import { noReplays } from '../support/no-replays.ts';
import type { ServerClock } from './server-clock.ts';
import type { SimulatedServerOptions } from './simulated-server.ts';
import { VirtualPort } from './virtual-port.ts';

export interface SimulatedClientsOptions extends SimulatedServerOptions {
  readonly clock: ServerClock;
  readonly system: ActorSystem;
  readonly channels: ReadonlyMap<string, FrameChannel<SymbolFrame>>;
  readonly news: NewsDesk;
}

const silent = pino({ level: 'silent' });

export class SimulatedClients {
  readonly port: VirtualPort;
  readonly #options: SimulatedClientsOptions;
  readonly #places: Places;
  readonly #supervisor: ActorRef<SupervisorMessage>;
  readonly #gate: ConnectionGate;

  constructor(options: SimulatedClientsOptions) {
    const { clock, config, startedAt, system } = options;
    this.#options = options;
    this.#places = new Places(config.maxConnections);
    let gate: ConnectionGate | undefined;
    const ready = (made: ConnectionGate) => {
      gate = made;
    };
    this.#supervisor = system.spawn(supervisor(this.#supervisorOptions(), ready), {
      name: 'supervisor',
      mailbox: { capacity: 2 * config.maxConnections + 64, overflow: 'reject_newest' },
      supervision: { onFailure: 'resume' },
    });
    this.#gate = gate!;
    const { closeTimeoutMs } = config.supervisor;
    this.port = new VirtualPort({ clock, closeTimeoutMs, startedAt, gate: this.#gate });
  }

  async sayGoodbye(): Promise<void> {
    await new Promise<void>((resolve) => {
      if (this.#supervisor.tell({ type: 'shut_down', done: resolve }) !== 'accepted') resolve();
    });
  }

  /** What there is of clients, by its name. */
  counts(): Readonly<Record<string, number>> {
    const { activeConnections, slowConsumers } = this.#gate;
    let free = 0;
    while (this.#places.take()) free++;
    for (let taken = 0; taken < free; taken++) this.#places.free();
    return {
      sockets: this.port.openSockets,
      connections: activeConnections,
      'slow consumers': slowConsumers,
      'places taken': this.#places.max - free,
    };
  }

  #supervisorOptions(): Parameters<typeof supervisor>[0] {
    const { channels, clock, config, dice, news, note } = this.#options;
    const random = dice.fork('supervisor');
    return {
      ...config.supervisor,
      limits: config.clientLimits,
      places: this.#places,
      random: () => random.uniform(),
      connection: {
        ...config.connection,
        isOneOfMany: false,
        turns: new TurnCounter(clock),
        symbols: config.symbols,
        venues: config.venues,
        pictures: new Set(config.pictureNames),
        channelOf: (symbol: string) => channels.get(symbol)!,
        news,
        tickMs: config.tickMs,
        defaultIntervalMs: config.updateIntervalMs,
        replays: noReplays,
        replaySlots: new ReplaySlots(config.replay.maxReplays),
        counters: {
          messageSent() {},
          frameSent() {},
          becameSlow() {},
          frameDropped() {},
          deltaEncoded() {},
          acknowledged() {},
        },
      },
      observer: {
        ...supervisorLines(silent),
        judged: (connection: string, { action }: { action: string }) => note(`${connection}: ${action}`),
      },
    };
  }
}
