/** Settings of questions about the past, and of replays. */
import { seconds, whole } from './setting-kinds.ts';

export const historySettings = {
  HISTORY_THREADS: whole({ min: 1, max: 256, default: 1, doc: 'Worker threads that answer questions about the past' }),
  HISTORY_QUEUE: whole({
    min: 1,
    max: 10000,
    default: 32,
    doc: 'Questions about the past that may wait for a worker; one more is answered 503',
  }),
  HISTORY_TIMEOUT: seconds({ min: 1, max: 3600, default: 30, doc: 'A question that takes longer is given up' }),
  HISTORY_MAX_ANSWER: whole({
    min: 1,
    max: 4096,
    default: 64,
    unit: 'MB',
    doc: 'Largest answer about the past; what would be larger is answered 413',
  }),
  HISTORY_CACHE: whole({
    min: 0,
    max: 65536,
    default: 128,
    unit: 'MB',
    doc: 'Answers about the past that are kept; 0 keeps none',
  }),
  HISTORY_MAX_HELD: whole({
    min: 1,
    max: 65536,
    default: 256,
    unit: 'MB',
    doc: 'Answers that are kept or still being read; beyond it new questions are answered 503',
  }),
  REPLAY_MAX: whole({
    min: 0,
    max: 10000,
    default: 32,
    doc: 'Replays under way at once, for each connection thread; one more is refused, 0 refuses all',
  }),
  REPLAY_THREADS: whole({ min: 1, max: 256, default: 1, doc: 'Worker threads that make pictures of replays' }),
} as const;
