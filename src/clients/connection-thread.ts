/**
 * A connection thread: listens on the port beside the others and owns the sockets that the system gives it. Its channels are copies
 * that follow those of the main thread, which also answers plain HTTP.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { pino } from 'pino';
import { NewsDesk } from '../actors/news-desk.ts';
import { Places } from '../actors/places.ts';
import type { ReplaySource } from '../actors/replay-source.ts';
import type { FrontDesk } from '../server/front-desk.ts';
import type { HttpAnswer, HttpQuestion } from '../server/http-answer.ts';
import type { ReplayRequest, ReplayStep } from '../workers/replay-job.ts';
import { LocalClients } from './local-clients.ts';
import { pictureChannels } from './picture-channels.ts';
import {
  type FromThread,
  type GatheredAnswer,
  symbolFrame,
  type ThreadData,
  type ToThread,
} from './thread-messages.ts';

const port = parentPort as MessagePort;
const { config, thread, places } = workerData as ThreadData;
const tell = (message: FromThread) => port.postMessage(message);

/** Asks the main thread, which knows the books. */
class RemoteDesk implements FrontDesk {
  readonly #asked = new Map<number, (answer: HttpAnswer) => void>();
  #id = 0;

  answer(question: HttpQuestion): Promise<HttpAnswer> {
    const id = ++this.#id;
    tell({ type: 'request', id, question });
    return new Promise((resolve) => this.#asked.set(id, resolve));
  }

  isStopping(): boolean {
    return false;
  }

  answered(id: number, { body, ...head }: GatheredAnswer): void {
    this.#asked.get(id)?.({ ...head, body: typeof body === 'string' ? body : eachOf(body) });
    this.#asked.delete(id);
  }
}

class RemoteReplays implements ReplaySource {
  readonly #asked = new Map<number, PromiseWithResolvers<ReplayStep>>();
  #id = 0;

  step(request: ReplayRequest): Promise<ReplayStep> {
    const id = ++this.#id;
    const asked = Promise.withResolvers<ReplayStep>();
    this.#asked.set(id, asked);
    tell({ type: 'replay', id, request });
    return asked.promise;
  }

  answered(id: number): PromiseWithResolvers<ReplayStep> {
    const asked = this.#asked.get(id)!;
    this.#asked.delete(id);
    return asked;
  }
}

async function* eachOf(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

const channels = pictureChannels(config, (symbol) => ({
  demanded: (everyTicks, form, isWanted) => tell({ type: 'demanded', symbol, everyTicks, form, isWanted }),
}));
const news = new NewsDesk({ symbols: config.pictureNames, recentLiquidations: config.recentLiquidations });
const logger = pino(
  { level: config.logLevel, base: { service: 'heatline', thread } },
  pino.destination({ fd: 1, sync: true }),
);
const desk = new RemoteDesk();
const allPlaces = new Places(config.maxConnections, places, thread);
const replays = new RemoteReplays();
const clients = new LocalClients({ config, logger, channels, news, desk, places: allPlaces, replays, thread });

port.on('message', (message: ToThread) => {
  switch (message.type) {
    case 'settled':
      for (const { symbol, tick, frame } of message.settlements) {
        clients.settled();
        channels.get(symbol)!.settle(tick, frame === null ? undefined : symbolFrame(frame));
      }
      for (const told of message.news) news.tell(told);
      return;
    case 'answer':
      desk.answered(message.id, message.answer);
      return;
    case 'replay_step':
      replays.answered(message.id).resolve(message.step);
      return;
    case 'replay_failed':
      replays.answered(message.id).reject(new Error(message.message));
      return;
    case 'totals':
      void clients.totals().then((totals) => tell({ type: 'totals', id: message.id, totals }));
      return;
    case 'begin_stopping':
      clients.beginStopping();
      return;
    case 'say_goodbye':
      void clients.sayGoodbye().then(() => tell({ type: 'said_goodbye' }));
      return;
    case 'stop':
      void clients.stop().then(() => port.close());
      return;
    default:
      message satisfies never;
  }
});

tell({ type: 'listening', address: await clients.listen() });
