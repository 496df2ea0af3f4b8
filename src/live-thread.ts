/** The thread that hears the venues. It tells what it heard chunk by chunk, and how well it hears a few times a second. */
import { parentPort, workerData } from 'node:worker_threads';
import { type LiveSettings, liveFeedOf } from './live-feed-of.ts';
import type { FeedThreadData, FromFeedThread, ToFeedThread } from './workers/feed-messages.ts';
import { columnsOfTold } from './workers/told-columns.ts';

const stateEveryMs = 200;

const port = parentPort!;
const { settings, resume } = workerData as FeedThreadData<LiveSettings>;
const tell = (message: FromFeedThread) => port.postMessage(message);
const feed = liveFeedOf(settings, {
  info: (fields) => tell({ type: 'line', level: 'info', fields }),
  warn: (fields) => tell({ type: 'line', level: 'warn', fields }),
});

const stopping = new AbortController();
let taken = Promise.withResolvers<void>();
port.on('message', (message: ToFeedThread) => {
  if (message === 'stop') stopping.abort();
  taken.resolve();
});
const showing = setInterval(() => {
  const venues = feed.heard().map(({ name, lastEventAt, health }) => ({ name, lastEventAt, health: health(false) }));
  tell({ type: 'state', state: { venues, agreements: feed.agreements() } });
}, stateEveryMs);

for await (const chunk of feed.observations(resume, stopping.signal)) {
  taken = Promise.withResolvers();
  tell({ type: 'chunk', chunk: columnsOfTold(chunk) });
  if (!stopping.signal.aborted) await taken.promise;
}
clearInterval(showing);
port.close();
