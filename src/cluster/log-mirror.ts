/**
 * A copy, on this node's disk, of the streams that are in Redis: questions about the past and replays are answered out of it by every
 * node alike. It follows the shared log a moment behind, and is made again when it is lost.
 */
import { type FeedClock, waitUntil } from '../feed/pace.ts';
import type { EventLog, StreamInfo } from '../log/event-log.ts';
import type { EventBatch } from '../market/event-batch.ts';

/** A log that can also be looked into without becoming its writer. */
export interface SharedLog extends EventLog {
  /** null: there is no such stream yet. */
  lookUp(stream: string): Promise<StreamInfo | null>;
}

export interface LogMirrorOptions {
  readonly shared: SharedLog;
  readonly local: EventLog;
  readonly stream: string;
  readonly clock: FeedClock;
  readonly observer: MirrorObserver;
}

export interface MirrorObserver {
  /** The copy has come so far. @param time exchange time of the newest event, ms. */
  copied(stream: string, place: MirrorPlace): void;
  failed(stream: string, error: unknown): void;
}

export interface MirrorPlace {
  /** Name of the copy: a stream that began a new epoch has another one. */
  readonly copy: string;
  readonly epoch: string;
  readonly version: number;
  readonly time: number;
}

const pollMs = 500;
/** Appends under way at a time. */
const appendsAtOnce = 64;
/** Checkpoints are far apart; they are looked for this often. */
const pollsPerCheckpoint = 20;

export class LogMirror {
  readonly #options: LogMirrorOptions;
  #place: MirrorPlace | null = null;
  #checkpoint = -1;

  constructor(options: LogMirrorOptions) {
    this.#options = options;
  }

  /** Runs until the signal aborts. Never rejects: what failed is tried again. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, stream, observer } = this.#options;
    for (let poll = 0; !signal.aborted; poll++) {
      try {
        await this.#copy(signal, poll % pollsPerCheckpoint === 0);
      } catch (error) {
        if (signal.aborted) return;
        this.#place = null;
        observer.failed(stream, error);
      }
      await waitUntil(clock, clock.now() + pollMs, signal);
    }
  }

  async #copy(signal: AbortSignal, isCheckpointDue: boolean): Promise<void> {
    const { shared, stream } = this.#options;
    const info = await shared.lookUp(stream);
    if (info === null) return;
    if (this.#place?.epoch !== info.epoch) await this.#open(info);
    if (isCheckpointDue) await this.#copyCheckpoints(info);
    const { copy, version } = this.#place!;
    if (version >= info.version) return;
    // Appends that wait together are committed together.
    let appends: Promise<MirrorPlace>[] = [];
    for await (const { fromVersion, batch } of shared.read(stream, version)) {
      if (signal.aborted) return;
      appends.push(this.#append(copy, fromVersion, batch));
      if (appends.length < appendsAtOnce) continue;
      this.#came(await Promise.all(appends));
      appends = [];
    }
    this.#came(await Promise.all(appends));
  }

  /** @returns where the copy is then, if all before it is there. */
  async #append(copy: string, fromVersion: number, batch: EventBatch): Promise<MirrorPlace> {
    const result = await this.#options.local.append(copy, fromVersion, batch);
    if (result.outcome === 'conflict') {
      throw new Error(`the copy ${copy} is at ${result.actualVersion}, not ${fromVersion}`);
    }
    let time = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < batch.count; row++) time = Math.max(time, batch.time[row]!);
    return { copy, epoch: this.#place!.epoch, version: result.version, time };
  }

  #came(places: readonly MirrorPlace[]): void {
    const last = places.at(-1);
    if (last === undefined) return;
    const time = Math.max(this.#place!.time, ...places.map((place) => place.time));
    this.#place = { ...last, time };
    this.#options.observer.copied(this.#options.stream, this.#place);
  }

  async #open({ stream, epoch, firstVersion }: StreamInfo): Promise<void> {
    const { local } = this.#options;
    const copy = `${stream}@${epoch}`;
    const { version } = await local.openStream(copy, epoch, firstVersion);
    let time = Number.NEGATIVE_INFINITY;
    for await (const { batch } of local.read(copy, Math.max(version - 1, firstVersion)))
      time = batch.time[batch.count - 1]!;
    this.#place = { copy, epoch, version, time };
    this.#checkpoint = (await local.loadCheckpoint(copy, Number.MAX_SAFE_INTEGER))?.version ?? -1;
  }

  /** All that are newer than the copy's; of a stream that was cut, the oldest is where it can be folded from. */
  async #copyCheckpoints({ stream, version }: StreamInfo): Promise<void> {
    const { shared, local } = this.#options;
    const { copy } = this.#place!;
    let newest = this.#checkpoint;
    for (let atMost = version; ; ) {
      const checkpoint = await shared.loadCheckpoint(stream, atMost);
      if (checkpoint === null || checkpoint.version <= this.#checkpoint) break;
      await local.saveCheckpoint(copy, checkpoint);
      newest = Math.max(newest, checkpoint.version);
      atMost = checkpoint.version - 1;
    }
    this.#checkpoint = newest;
  }
}
