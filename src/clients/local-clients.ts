/** The clients of one thread: its server, its supervisor with the connection actors, and its counts. */
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { ActorRef } from '../actors/kernel/actor-ref.ts';
import { ActorSystem } from '../actors/kernel/actor-system.ts';
import type { KernelEvent } from '../actors/kernel/kernel-event.ts';
import { systemClock } from '../actors/kernel/system-clock.ts';
import type { LagReport, Verdict } from '../actors/limits.ts';
import type { NewsDesk } from '../actors/news-desk.ts';
import type { Places } from '../actors/places.ts';
import { ReplaySlots, type ReplaySource } from '../actors/replay-source.ts';
import { SendMeter } from '../actors/send-meter.ts';
import { type ConnectionGate, type SupervisorMessage, supervisor } from '../actors/supervisor.ts';
import type { SymbolFrame } from '../actors/symbol-frame.ts';
import { TurnCounter } from '../actors/turn-counter.ts';
import type { Config } from '../config.ts';
import { accessLines, adminLines, kernelLines, serverLines, supervisorLines, tlsLines } from '../log-lines.ts';
import { type ActorCensus, ActorCounts } from '../metrics/actor-census.ts';
import { ClientStages, lagging } from '../metrics/client-stages.ts';
import { Access } from '../server/access/access.ts';
import { AdminDesk } from '../server/admin/admin-desk.ts';
import type { AdminRoom } from '../server/admin/admin-room.ts';
import type { FrontDesk } from '../server/front-desk.ts';
import { HttpServer, type ServerGuards } from '../server/http-server.ts';
import type { ServerObserver } from '../server/server-observer.ts';
import { TlsFiles } from '../server/tls-files.ts';
import type { FrameChannel } from '../streams/frame-channel.ts';
import { adminRoomOf } from './admin-room-of.ts';
import { ClientCounts } from './client-counts.ts';
import type { ClientSide, ClientTotals } from './client-side.ts';

export interface LocalClientsOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly channels: ReadonlyMap<string, FrameChannel<SymbolFrame>>;
  readonly news: NewsDesk;
  readonly desk: FrontDesk;
  readonly places: Places;
  readonly replays: ReplaySource;
  /** Its number, where there are several. */
  readonly thread?: number;
}

const meterSampleMs = 1000;

export class LocalClients implements ClientSide {
  readonly #options: LocalClientsOptions;
  readonly #system: ActorSystem;
  readonly #supervisor: ActorRef<SupervisorMessage>;
  readonly #gate: ConnectionGate;
  readonly #access: Access | null;
  #room: AdminRoom | null = null;
  readonly #server: HttpServer;
  readonly #meter = new SendMeter();
  readonly #meterTimer: NodeJS.Timeout;
  readonly #counts = new ClientCounts();
  readonly #stages = new ClientStages(systemClock.now);
  readonly #actors = new ActorCounts();
  #dropped = 0;
  #deltas = 0;
  #isStopping = false;

  constructor(options: LocalClientsOptions) {
    this.#options = options;
    const { config, logger, desk } = options;
    const kernel = kernelLines(logger);
    const observe = (event: KernelEvent) => {
      this.#actors.observe(event);
      kernel(event);
    };
    this.#system = new ActorSystem({ clock: systemClock, scheduler: config.scheduler, observe });
    let gate: ConnectionGate | undefined;
    this.#supervisor = this.#spawnSupervisor((made) => {
      gate = made;
    });
    this.#gate = gate!;
    const ownDesk: FrontDesk = {
      answer: (question) => desk.answer(question),
      isStopping: () => this.#isStopping || desk.isStopping(),
    };
    const lines = serverLines(logger);
    const observer: ServerObserver = {
      ...lines,
      refused: (status, cause, reason, remoteAddress) => {
        this.#counts.refused(status, cause);
        lines.refused(status, cause, reason, remoteAddress);
      },
      firstWritten: () => this.#stages.firstWritten(),
      allWritten: () => this.#stages.allWritten(),
    };
    this.#access = config.access === null ? null : new Access(config.access, accessLines(logger));
    const tls = config.tls === null ? null : new TlsFiles(config.tls, tlsLines(logger));
    this.#server = new HttpServer(config.server, this.#gate, ownDesk, observer, {
      access: this.#access,
      tls,
      admin: this.#makeAdmin(),
    });
    this.#meterTimer = setInterval(() => this.#meter.sample(systemClock.now()), meterSampleMs);
    this.#meterTimer.unref();
  }

  async listen(): Promise<AddressInfo> {
    const { host, port } = this.#options.config;
    await this.#access?.start();
    return this.#server.listen(host, port);
  }

  async totals(): Promise<ClientTotals> {
    const subscriptions = [...this.#options.channels].map(([symbol, channel]) => [symbol, channel.subscribers]);
    return {
      active: this.#gate.activeConnections,
      slow: this.#gate.slowConsumers,
      sent: this.#meter.total,
      sentLastMinute: this.#meter.lastMinute(systemClock.now()),
      dropped: this.#dropped,
      deltasEncoded: this.#deltas,
      subscriptions: Object.fromEntries(subscriptions),
      newsSubscriptions: this.#options.news.listeners,
      ...this.#counts.totals(),
      stages: this.#stages.stages(),
      loopLag: this.#stages.loopLag(),
      lagging: lagging(this.#gate.clientLags()),
      actors: this.census(),
    };
  }

  census(): ActorCensus {
    return this.#actors.census(this.#system);
  }

  beginStopping(): void {
    this.#isStopping = true;
  }

  async sayGoodbye(): Promise<void> {
    await new Promise<void>((resolve) => {
      if (this.#supervisor.tell({ type: 'shut_down', done: resolve }) !== 'accepted') resolve();
    });
  }

  async stop(): Promise<void> {
    clearInterval(this.#meterTimer);
    this.#access?.stop();
    this.#room?.stop();
    await this.#server.stop();
    await this.#system.stop();
  }

  #makeAdmin(): ServerGuards['admin'] {
    const { config, logger, thread = 0 } = this.#options;
    if (config.admin === null) return null;
    this.#room = adminRoomOf(config, logger, thread);
    return { desk: new AdminDesk(config.admin, this.#room, adminLines(logger)), room: this.#room };
  }

  /** The clients listen to the channels themselves. */
  settled(): void {
    this.#stages.settled();
  }

  told(): void {}

  whenWritten(tell: (at: number) => void): void {
    this.#stages.whenWritten(tell);
  }

  #spawnSupervisor(ready: (gate: ConnectionGate) => void): ActorRef<SupervisorMessage> {
    const { config, logger, channels, news, places, replays } = this.#options;
    const lines = supervisorLines(logger);
    const meter = this.#meter;
    const options = {
      ...config.supervisor,
      limits: config.clientLimits,
      places,
      random: Math.random,
      connection: {
        ...config.connection,
        turns: new TurnCounter(systemClock),
        symbols: config.symbols,
        venues: config.venues,
        pictures: new Set(config.pictureNames),
        channelOf: (symbol: string) => channels.get(symbol)!,
        news,
        isOneOfMany: config.redis.isEnabled,
        tickMs: config.tickMs,
        defaultIntervalMs: config.updateIntervalMs,
        replays,
        replaySlots: new ReplaySlots(config.replay.maxReplays),
        counters: {
          messageSent: () => meter.add(),
          frameSent: (symbol: string) => this.#counts.frameSent(symbol),
          becameSlow: (symbols: Iterable<string>) => this.#counts.becameSlow(symbols),
          frameDropped: () => {
            this.#dropped++;
          },
          deltaEncoded: () => {
            this.#deltas++;
          },
          acknowledged: (afterMs: number) => this.#stages.acknowledged(afterMs),
        },
      },
      observer: {
        ...lines,
        judged: (connection: string, verdict: Verdict, report: LagReport) => {
          this.#counts.judged(verdict);
          lines.judged(connection, verdict, report);
        },
        stepped: (lateMs: number) => this.#stages.late(lateMs),
      },
    };
    return this.#system.spawn(supervisor(options, ready), {
      name: 'supervisor',
      // Each connection has at most one lag report and one ending under way.
      mailbox: { capacity: 2 * config.maxConnections + 64, overflow: 'reject_newest' },
      supervision: { onFailure: 'resume' },
    });
  }
}
