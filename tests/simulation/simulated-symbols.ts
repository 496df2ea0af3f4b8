/** The half of a simulated server that `Heatline` is: symbol actors on a log, the pump that feeds them, their ticks. */
import { pino } from 'pino';
import type { Subscription } from 'rxjs';
import { type FeedEnd, FeedPump } from '../../src/actors/feed-pump.ts';
import type { ActorRef, Ending } from '../../src/actors/kernel/actor-ref.ts';
import type { ActorSystem } from '../../src/actors/kernel/actor-system.ts';
import { LiquidationNews } from '../../src/actors/liquidation-news.ts';
import type { NewsDesk } from '../../src/actors/news-desk.ts';
import { symbolActor } from '../../src/actors/symbol-actor.ts';
import type { SymbolFrame } from '../../src/actors/symbol-frame.ts';
import type { SymbolMessage } from '../../src/actors/symbol-messages.ts';
import type { ResumePoint } from '../../src/feed/feed.ts';
import { resumePointOf } from '../../src/feed/resume-point.ts';
import { symbolLines } from '../../src/log-lines.ts';
import type { FrameChannel } from '../../src/streams/frame-channel.ts';
import { sharedTick } from '../../src/streams/shared-tick.ts';
import { SymbolRegistry } from '../../src/symbol-registry.ts';
import { symbolMailbox, symbolSupervision } from '../../src/symbol-writers.ts';
import { ClockScheduler } from './clock-scheduler.ts';
import type { ServerClock } from './server-clock.ts';
import { checkpointEvents, streamOf } from './simulated-config.ts';
import { SimulatedLog } from './simulated-log.ts';
import { SimulatedRenderer } from './simulated-renderer.ts';
import type { SimulatedServerOptions } from './simulated-server.ts';

export interface SimulatedSymbolsOptions extends SimulatedServerOptions {
  readonly clock: ServerClock;
  readonly system: ActorSystem;
  readonly channels: ReadonlyMap<string, FrameChannel<SymbolFrame>>;
  readonly news: NewsDesk;
}

const silent = pino({ level: 'silent' });

export class SimulatedSymbols {
  readonly #options: SimulatedSymbolsOptions;
  readonly #registry: SymbolRegistry;
  readonly #log: SimulatedLog;
  readonly #renderer: SimulatedRenderer;
  readonly #actors = new Map<string, ActorRef<SymbolMessage>>();
  readonly #pump: FeedPump;
  #ticks: Subscription | null = null;
  #feeding: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(options: SimulatedSymbolsOptions) {
    const { clock, config } = options;
    this.#options = options;
    this.#registry = new SymbolRegistry(config.symbols);
    this.#log = new SimulatedLog(options);
    this.#renderer = new SimulatedRenderer(options);
    this.#pump = new FeedPump(options.feed(clock), this.#actors);
  }

  /** Log calls and pictures under way. */
  get pending(): number {
    return this.#log.pending + this.#renderer.pending;
  }

  /** Resolves when every book is recovered and the feed runs, or when the server stopped before. */
  async start(): Promise<void> {
    const { config, clock, note } = this.#options;
    for (const symbol of config.symbols) this.#spawn(symbol);
    try {
      await this.#registry.allRecovered;
    } catch (error) {
      note(`not started: ${error}`);
      return;
    }
    if (this.#isStopping) return;
    this.#ticks = sharedTick(config.tickMs, new ClockScheduler(clock)).subscribe((tick) => {
      for (const actor of this.#actors.values()) actor.tell({ type: 'tick', tick });
    });
    this.#feeding = this.#pump.run(this.#resumePoints()).then((end) => this.#feedEnded(end));
  }

  async endFeed(): Promise<void> {
    this.#isStopping = true;
    this.#pump.stop();
    await this.#feeding;
  }

  async finish(): Promise<void> {
    const finish = (actor: ActorRef<SymbolMessage>) =>
      new Promise<void>((resolve) => {
        if (actor.tell({ type: 'finish', done: resolve }) !== 'accepted') resolve();
      });
    await Promise.all([...this.#actors.values()].map(finish));
  }

  endTicks(): void {
    this.#ticks?.unsubscribe();
  }

  async close(): Promise<void> {
    this.#renderer.close();
    await this.#log.close();
  }

  /** The process is gone. */
  cut(): void {
    void this.#log.cut();
  }

  #spawn(symbol: string): void {
    const { config, channels, clock, epochIfNew, ledger, news, note, mutant, system } = this.#options;
    const setup = symbolActor({
      symbol,
      stream: streamOf(symbol),
      epochIfNew,
      log: this.#log,
      pictures: [{ name: symbol, venue: null, channel: channels.get(symbol)! }],
      liquidations: [
        new LiquidationNews({
          symbol,
          completenessOf: () => 'simulated',
          wallClock: () => clock.now(),
          tell: (message) => news.tell(message),
        }),
      ],
      render: (job) => this.#renderer.render(job),
      model: config.model,
      range: config.snapshotRange,
      checkpointEvents,
      wallClock: mutant.wallClock ?? (() => clock.now()),
      observer: {
        ...symbolLines(silent),
        recovered: (name, epoch, book, fromVersion, skipped) => {
          this.#registry.recovered(name, epoch, book);
          ledger.recovered(name, book.version);
          note(`${name} recovered ${epoch} ${book.version} from ${fromVersion}, ${skipped} skipped`);
        },
        stalled: (name) => note(`${name} stalled`),
        resumed: (name) => note(`${name} resumed`),
        broadcast: (frame) => ledger.broadcast(frame),
      },
    });
    const ref = system.spawn(setup, { name: symbol, mailbox: symbolMailbox, supervision: symbolSupervision });
    this.#actors.set(symbol, ref);
    this.#watch(symbol, ref);
  }

  #watch(symbol: string, ref: ActorRef<SymbolMessage>): void {
    const { system, note } = this.#options;
    const lost = ({ cause, error }: Ending) => {
      if (cause === 'stopped') return;
      note(`${symbol} is lost: ${error}`);
      this.#registry.failed(new Error(`${symbol} is lost`, { cause: error }));
      this.#pump.drop(symbol);
    };
    system.spawn<Ending>(
      (context) => {
        context.watch(ref, (ending) => ending);
        return { receive: lost };
      },
      {
        name: `watch-${symbol}`,
        mailbox: { capacity: 1, overflow: 'reject_newest' },
        supervision: { onFailure: 'resume' },
      },
    );
  }

  #resumePoints(): ReadonlyMap<string, ResumePoint> {
    const points = new Map<string, ResumePoint>();
    for (const symbol of this.#registry.symbols) {
      const point = resumePointOf(this.#registry.bookOf(symbol)!);
      if (point !== undefined) points.set(symbol, point);
    }
    return points;
  }

  #feedEnded(end: FeedEnd): void {
    const { note, ledger } = this.#options;
    note(`feed ${end.outcome}`);
    if (end.outcome === 'failed') ledger.failures.push({ path: 'feed', error: end.error });
  }
}
