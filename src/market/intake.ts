/** All that a handful of observations becomes, decided one after another against the stream as it will then be. */
import type { Book, Model } from './book.ts';
import { decide } from './decide.ts';
import type { MarketEvent, Observation } from './event.ts';
import { kindCodes } from './event-batch.ts';

export interface Intake {
  readonly events: readonly MarketEvent[];
  readonly duplicates: number;
  readonly refused: readonly string[];
}

/** A stream whose book is not folded with `model` is told so first, by an event of its own. */
export function intake(book: Book, observations: readonly Observation[], model: Model, areGapsTold = false): Intake {
  const state = { lastIds: book.lastIds.slice(), tick: book.tick, areGapsTold };
  const events: MarketEvent[] = [];
  const refused: string[] = [];
  let duplicates = 0;
  for (const observation of observations) {
    const decision = decide(state, observation);
    switch (decision.outcome) {
      case 'accepted':
        if (events.length === 0 && !isSameModel(book.model, model))
          events.push(modelSet(book, model, observation.time));
        events.push(...decision.events);
        state.lastIds[kindCodes[observation.kind]] = observation.id;
        break;
      case 'duplicate':
        duplicates++;
        break;
      case 'refused':
        refused.push(decision.reason);
        break;
      default:
        decision satisfies never;
    }
  }
  return { events, duplicates, refused };
}

function isSameModel(current: Model | null, wanted: Model): boolean {
  return (
    current !== null &&
    current.tiers === wanted.tiers &&
    current.ladder === wanted.ladder &&
    current.churn === wanted.churn &&
    current.halfLifeMs === wanted.halfLifeMs
  );
}

/** Its id counts the models of the stream; its time is that of the observation it precedes. */
function modelSet(book: Book, model: Model, time: number): MarketEvent {
  const lastId = book.lastIds[kindCodes.model_set]!;
  const id = Number.isNaN(lastId) ? 1 : lastId + 1;
  return { kind: 'model_set', time, id, ...model };
}
