/** A supervisor with its clients, under a clock and ticks that are moved by hand. */
import type { AdmissionLimits } from '../../src/actors/admission.ts';
import { NewsDesk } from '../../src/actors/news-desk.ts';
import { Places } from '../../src/actors/places.ts';
import { ReplaySlots, type ReplaySource } from '../../src/actors/replay-source.ts';
import { type ConnectionGate, supervisor } from '../../src/actors/supervisor.ts';
import type { SymbolFrame } from '../../src/actors/symbol-frame.ts';
import { TurnCounter } from '../../src/actors/turn-counter.ts';
import { textFrame } from '../../src/protocol/websocket-frame.ts';
import { FrameChannel } from '../../src/streams/frame-channel.ts';
import { noReplays } from '../support/no-replays.ts';
import { RecordingSocket } from '../support/recording-socket.ts';
import { frameOf } from '../support/symbol-frame.ts';
import { KernelFixture, options as spawnOptions } from './kernel/kernel-fixture.ts';

const limits = {
  slowConsumerTimeoutMs: 1000,
  stuckTimeoutMs: 10_000,
  heartbeatIntervalMs: 20_000,
  maxBufferedBytes: 1_000_000,
};
const admission: AdmissionLimits = {
  maxPerAddress: 0,
  handshakeRate: { perSecond: 1000, burst: 1000 },
  maxLoopLagMs: 1000,
  retryAfterSeconds: 5,
  unstableReconnects: 3,
  unstableWindowMs: 60_000,
};
export const sweepMs = 250;
const stepMs = sweepMs / 8;

export class Room {
  readonly kernel = new KernelFixture({ turnMessages: 32, roundTurns: 64 });
  readonly channels = new Map(['BTCUSDT', 'ETHUSDT'].map((name) => [name, new FrameChannel<SymbolFrame>(1)]));
  readonly news = new NewsDesk({ symbols: ['BTCUSDT', 'ETHUSDT'], recentLiquidations: 3 });
  readonly dropped: string[] = [];
  readonly verdicts: string[] = [];
  readonly acknowledgedAfterMs: number[] = [];
  messagesSent = 0;
  gate!: ConnectionGate;
  #tick = 0;
  #seq = 0;
  readonly ref;

  constructor(
    admissionLimits: Partial<AdmissionLimits> & { maxConnections?: number } = {},
    messageRate = { perSecond: 20, burst: 40 },
    replays: ReplaySource = noReplays,
    isOneOfMany = false,
  ) {
    const setup = supervisor(
      {
        limits,
        admission: { ...admission, ...admissionLimits },
        places: new Places(admissionLimits.maxConnections ?? 10),
        random: () => 0,
        sweepMs,
        closeTimeoutMs: 2000,
        drainMs: 800,
        connection: {
          symbols: [...this.channels.keys()],
          venues: [],
          pictures: new Set(this.channels.keys()),
          channelOf: (symbol) => this.channels.get(symbol)!,
          news: this.news,
          isOneOfMany,
          tickMs: 1000,
          defaultIntervalMs: 1000,
          ackWindow: 2,
          ackSampleMs: 0,
          turns: new TurnCounter(this.kernel.clock),
          maxQueueSize: 5,
          newsQueueSize: 2,
          messageRate,
          maxViolations: 3,
          replays,
          replaySlots: new ReplaySlots(2),
          counters: {
            messageSent: () => this.messagesSent++,
            frameSent() {},
            becameSlow() {},
            frameDropped: (symbol) => this.dropped.push(symbol),
            deltaEncoded() {},
            acknowledged: (afterMs) => this.acknowledgedAfterMs.push(afterMs),
          },
        },
        observer: { opened() {}, ended() {}, judged: (_name, verdict) => this.verdicts.push(verdict.action) },
      },
      (gate) => {
        this.gate = gate;
      },
    );
    this.ref = this.kernel.system.spawn(setup, spawnOptions('supervisor', { supervision: { onFailure: 'resume' } }));
  }

  connect(): RecordingSocket {
    const socket = new RecordingSocket();
    this.gate.admit(socket.remoteAddress);
    socket.listener = this.gate.open(socket);
    return socket;
  }

  async idle(): Promise<void> {
    await this.kernel.system.idle();
  }

  /** Time passes and the server keeps up with it. */
  async advance(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) await this.kernel.advance(Math.min(left, stepMs));
  }

  /** A new picture of the symbol, for everyone whose cadence has come round. */
  async publish(symbol = 'BTCUSDT'): Promise<number> {
    await this.publishAll([symbol]);
    return this.#seq;
  }

  /** New pictures that are done in the same moment. */
  async publishAll(symbols: readonly string[]): Promise<void> {
    await this.kernel.advance(stepMs);
    this.#tick++;
    for (const symbol of symbols) {
      const seq = ++this.#seq;
      const bytes = textFrame(JSON.stringify({ type: 'snapshot', symbol, seq }));
      this.channels.get(symbol)!.settle(this.#tick, frameOf(symbol, seq, bytes));
    }
    await this.idle();
  }

  async subscribed(symbols = ['BTCUSDT'], extra = {}): Promise<RecordingSocket> {
    const socket = this.connect();
    socket.say({ action: 'subscribe', symbols, ...extra });
    await this.idle();
    return socket;
  }
}

export const seqsOf = (socket: RecordingSocket) => socket.ofType('snapshot').map(({ seq }) => seq);
