/** What a symbol actor is told. */
import type { AppendResult } from '../log/event-log.ts';
import type { FoldedStream } from '../log/fold-stream.ts';
import type { Told } from '../market/event.ts';
import type { EventBatch } from '../market/event-batch.ts';
import type { RenderedSnapshot } from '../workers/snapshot-job.ts';
import type { RenderedJob } from './symbol-frame.ts';

/** `folded`: all that was acceptable is committed and in the book. `interrupted`: the actor restarted, send it again. */
export type IngestOutcome = 'folded' | 'interrupted';

export type SymbolMessage =
  | { readonly type: 'observe'; readonly observations: readonly Told[]; done(outcome: IngestOutcome): void }
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
