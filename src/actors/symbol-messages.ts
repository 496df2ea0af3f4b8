/** What a symbol actor is told, and the frames it gives out. */
import type { AppendResult } from '../log/event-log.ts';
import type { FoldedStream } from '../log/fold-stream.ts';
import type { Observation } from '../market/event.ts';
import type { EventBatch } from '../market/event-batch.ts';
import type { RenderedSnapshot } from '../workers/snapshot-job.ts';

/** A finished picture, one object for all clients. */
export interface SymbolFrame {
  readonly symbol: string;
  readonly epoch: string;
  readonly seq: number;
  readonly bytes: Uint8Array;
  /** The same compressed, when somebody takes it so. */
  readonly deflated: Uint8Array | null;
}

/** `folded`: all that was acceptable is committed and in the book. `interrupted`: the actor restarted, send it again. */
export type IngestOutcome = 'folded' | 'interrupted';

export type SymbolMessage =
  | { readonly type: 'observe'; readonly observations: readonly Observation[]; done(outcome: IngestOutcome): void }
  | { readonly type: 'tick'; readonly tick: number }
  | { readonly type: 'recovered'; readonly epoch: string; readonly folded: FoldedStream }
  | { readonly type: 'appended'; readonly result: AppendResult; readonly batch: EventBatch }
  | { readonly type: 'rendered'; readonly tick: number; readonly frame: RenderedSnapshot; readonly job: RenderedJob }
  | { readonly type: 'render_failed'; readonly error: unknown; readonly job: RenderedJob }
  | { readonly type: 'checkpointed' }
  | { readonly type: 'recover_failed'; readonly error: unknown }
  | { readonly type: 'append_again' }
  | { readonly type: 'append_failed'; readonly batch: EventBatch; readonly error: unknown }
  | { readonly type: 'finish'; done(): void };

/** What of a render job the actor needs again when its frame is there. */
export interface RenderedJob {
  readonly seq: number;
  readonly createdTotal: number;
  readonly consumedTotal: number;
  readonly startedAt: number;
}

export function symbolFrameOf(symbol: string, epoch: string, seq: number, snapshot: RenderedSnapshot): SymbolFrame {
  const { bytes, deflated } = snapshot;
  return {
    symbol,
    epoch,
    seq,
    bytes: asBuffer(bytes),
    deflated: deflated === null ? null : asBuffer(deflated),
  };
}

/** A socket would wrap plain bytes in a Buffer at every write. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return Buffer.from(buffer, byteOffset, byteLength);
}
