/** All that a handful of observations becomes, decided one after another against the stream as it will then be. */
import { type Book, initialBook, type Model } from './book.ts';
import { decide, type IngestState } from './decide.ts';
import type { MarginTiersObservation, MarketEvent, Told } from './event.ts';
import { kindCodes } from './event-batch.ts';
import type { MarginTier } from './margin-tiers.ts';
import type { SymbolBook } from './symbol-book.ts';
import { type VenueName, venueCodes } from './venues.ts';

export interface Intake {
  readonly events: readonly MarketEvent[];
  readonly duplicates: number;
  readonly refused: readonly string[];
}

/** What one venue's part of the stream will be, with what was accepted so far. */
interface VenueState extends IngestState {
  model: Model | null;
  tiers: readonly MarginTier[] | null;
}

/** A venue whose book is not folded with `model` is told so first, by an event of its own. */
export function intake(whole: SymbolBook, observations: readonly Told[], model: Model, areGapsTold = false): Intake {
  const states = new Map<VenueName | undefined, VenueState>();
  const events: MarketEvent[] = [];
  const refused: string[] = [];
  let duplicates = 0;
  for (const observation of observations) {
    const state = stateOf(whole, states, observation.venue, areGapsTold);
    const decision = observation.kind === 'margin_tiers' ? decideTiers(state, observation) : decide(state, observation);
    switch (decision.outcome) {
      case 'accepted':
        if (!isSameModel(state.model, model)) {
          events.push(modelSet(state, model, observation));
          state.model = model;
        }
        events.push(...decision.events);
        if (observation.kind === 'margin_tiers') state.tiers = observation.tiers;
        state.lastIds[kindCodes[decision.events.at(-1)!.kind]] = observation.id;
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

/** Ids by venue code, as they will be; used anew at each intake, which is over before the next. */
const scratchIds: Float64Array[] = [];

function stateOf(
  whole: SymbolBook,
  states: Map<VenueName | undefined, VenueState>,
  venue: VenueName | undefined,
  areGapsTold: boolean,
): VenueState {
  let state = states.get(venue);
  if (state === undefined) {
    const code = venue === undefined ? 0 : venueCodes[venue];
    const book: Book = whole.books[code] ?? initialBook(whole.symbol, venue);
    const { model, tiers } = book;
    scratchIds[code] ??= new Float64Array(book.lastIds.length);
    const lastIds = scratchIds[code];
    lastIds.set(book.lastIds);
    state = { lastIds, tick: whole.tick, areGapsTold, model, tiers };
    states.set(venue, state);
  }
  return state;
}

type Decision = ReturnType<typeof decide>;

/** A table that is in force already is no news, however often the venue tells it. */
function decideTiers({ tiers: known, lastIds }: VenueState, told: MarginTiersObservation): Decision {
  const { time, id, tiers, venue } = told;
  if (tiers.length === 0) return { outcome: 'refused', reason: `margin_tiers ${id}: the table is empty` };
  if (known !== null && isSameTable(known, tiers)) return { outcome: 'duplicate' };
  if (id <= lastIds[kindCodes.margin_tier]!) return { outcome: 'duplicate' };
  const events = tiers.map(
    (tier, index): MarketEvent => ({
      kind: 'margin_tier',
      time,
      id,
      index,
      count: tiers.length,
      ...tier,
      ...(venue !== undefined && { venue }),
    }),
  );
  return { outcome: 'accepted', events };
}

function isSameTable(a: readonly MarginTier[], b: readonly MarginTier[]): boolean {
  return a.length === b.length && a.every((tier, i) => isSameTier(tier, b[i]!));
}

function isSameTier(a: MarginTier, b: MarginTier): boolean {
  return (
    a.notionalCap === b.notionalCap &&
    a.maintenanceRate === b.maintenanceRate &&
    a.maintenanceAmount === b.maintenanceAmount &&
    a.maxLeverage === b.maxLeverage
  );
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

/** Its id counts the models of the venue's book; its time is that of the observation it precedes. */
function modelSet({ lastIds }: VenueState, model: Model, { time, venue }: Told): MarketEvent {
  const lastId = lastIds[kindCodes.model_set]!;
  const id = Number.isNaN(lastId) ? 1 : lastId + 1;
  return { kind: 'model_set', time, id, ...model, ...(venue !== undefined && { venue }) };
}
