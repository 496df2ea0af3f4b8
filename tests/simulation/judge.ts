/** Holds a simulation that is over against what the server promises. */
import { EventLogError } from '../../src/log/event-log.ts';
import { closeReasons } from '../../src/protocol/close-reason.ts';
import { serverMessageSchema } from '../../src/protocol/server-message.ts';
import type { Row } from '../support/delta-client.ts';
import { injected } from './faults.ts';
import { type StreamTruth, truthOf } from './log-truth.ts';
import type { Simulation } from './simulation.ts';
import type { Sighting, VirtualClient } from './virtual-client.ts';

/** RFC 6455, section 7.4.1: the connection ended without a close frame. */
const noGoodbye = 1006;

/** By symbol and epoch. */
type Truths = ReadonlyMap<string, StreamTruth>;

/** @returns every broken promise in words; none when all is well. */
export async function judge(simulation: Simulation): Promise<string[]> {
  const truths = await truthsFor(simulation);
  return [
    ...simulation.lives.problems,
    ...unmeantFailures(simulation),
    ...simulation.ledger.repeated.map(({ symbol, epoch, seq }) => `${symbol} ${epoch} ${seq} was made twice`),
    ...wrongLatest(simulation, truths),
    ...simulation.clients.flatMap((client) => [
      ...client.sightings.flatMap((sighting) => wrongPicture(sighting, truths, simulation)),
      ...wrongOrder(client),
      ...wrongMessages(client),
      ...wrongEnding(client, simulation),
      ...wrongCloses(client, simulation),
    ]),
  ];
}

async function truthsFor({ clients, ledger, lives, config, latest }: Simulation): Promise<Truths> {
  const truths = new Map<string, StreamTruth>();
  const sightings = clients.flatMap((client) => client.sightings);
  for (const [epoch, store] of lives.stores) {
    for (const symbol of config.symbols) {
      const seqs = new Set<number>();
      for (const { message } of sightings) {
        if (message.symbol !== symbol || message.epoch !== epoch) continue;
        seqs.add(message.seq);
        if (message.type === 'delta') seqs.add(message.prev_seq);
      }
      for (const broadcast of ledger.broadcasts) {
        if (broadcast.symbol === symbol && broadcast.epoch === epoch) seqs.add(broadcast.since);
      }
      const last = latest.get(symbol);
      if (last?.epoch === epoch) seqs.add(last.seq);
      truths.set(`${symbol} ${epoch}`, await truthOf(store, symbol, config.snapshotRange, seqs));
    }
  }
  return truths;
}

/** An actor fails only of what was meant to go wrong. */
function unmeantFailures({ ledger, faults }: Simulation): string[] {
  const isMeant = (error: unknown): boolean => {
    if (!(error instanceof Error)) return false;
    if (error.message.includes(injected)) return true;
    // Whoever was not told that it was written finds it written.
    if (faults.hasLostAnswer && error.message.includes('someone else wrote')) return true;
    return error.cause !== undefined && isMeant(error.cause);
  };
  return ledger.failures
    .filter(({ error }) => !isMeant(error))
    .map(({ path, error }) => `${path} failed: ${error instanceof EventLogError ? error.code : ''} ${error}`);
}

function wrongPicture(sighting: Sighting, truths: Truths, { ledger }: Simulation): string[] {
  const { message, rows, outcome, client, at } = sighting;
  const { symbol, epoch, seq, data } = message;
  const what = `${client} at ${at} ms: ${message.type} of ${symbol} ${epoch} ${seq}`;
  const stream = truths.get(`${symbol} ${epoch}`);
  const truth = stream?.at.get(seq);
  if (stream === undefined || truth === undefined) return [`${what} is of no event in the log`];
  if (outcome !== 'shown') return [`${what} was not shown: ${outcome}`];
  if (!isEqual(rows, truth.rows)) return [`${what} does not have the levels of the log`];
  if (message.checksum !== truth.checksum) return [`${what} does not have the checksum of its levels`];
  if (data.current_price !== truth.price) return [`${what} has the price ${data.current_price}, not ${truth.price}`];
  if (Date.parse(message.market_time) !== truth.marketTime) return [`${what} has the market time of another event`];
  const { positions_created_total: created, positions_consumed_total: consumed } = data;
  if (created !== truth.createdTotal || consumed !== truth.consumedTotal) return [`${what} has other totals`];
  const broadcast = ledger.broadcastOf(symbol, epoch, seq, Date.parse(message.timestamp));
  if (broadcast === undefined) return [`${what} was never made`];
  const since = stream.at.get(message.type === 'delta' ? message.prev_seq : broadcast.since);
  const addsUp =
    since !== undefined &&
    data.positions_created === created - since.createdTotal &&
    data.positions_consumed === consumed - since.consumedTotal;
  return addsUp ? [] : [`${what} has counts that do not add up to its totals`];
}

/** Nothing old comes after something newer, not even over a reconnect, and nothing comes twice on a connection without being asked for. */
function wrongOrder(client: VirtualClient): string[] {
  const wrong: string[] = [];
  const last = new Map<string, Sighting>();
  for (const sighting of client.sightings) {
    const { symbol, epoch, seq, timestamp } = sighting.message;
    const key = `${symbol} ${epoch}`;
    const before = last.get(key);
    last.set(key, sighting);
    if (before === undefined) continue;
    if (seq < before.message.seq) wrong.push(`${client.name} at ${sighting.at} ms: ${key} goes back to ${seq}`);
    const isSameConnection = sighting.connection === before.connection;
    const isSamePicture = seq === before.message.seq && timestamp === before.message.timestamp;
    if (isSamePicture && isSameConnection && !sighting.isFirst) {
      wrong.push(`${client.name} at ${sighting.at} ms: ${key} ${seq} comes twice`);
    }
  }
  return wrong;
}

/** When the source has ended, the server shows what the log has. */
function wrongLatest({ latest, config }: Simulation, truths: Truths): string[] {
  return config.symbols.flatMap((symbol) => {
    const name = latest.get(symbol);
    if (name === undefined) return [`${symbol} has no picture at the end`];
    const { at, version } = truths.get(`${symbol} ${name.epoch}`)!;
    const shown = at.get(name.seq);
    const last = at.get(version)!;
    const isSame = shown !== undefined && isEqual(shown.rows, last.rows) && shown.createdTotal === last.createdTotal;
    return isSame ? [] : [`${symbol} ends with a picture of ${name.seq}, the log with ${version} events`];
  });
}

function wrongMessages(client: VirtualClient): string[] {
  return [...client.messages, ...client.sightings.map(({ message }) => message)]
    .filter((message) => !serverMessageSchema.safeParse(message).success)
    .map((message) => `${client.name} was sent what no schema knows: ${JSON.stringify(message).slice(0, 200)}`);
}

/** When all has calmed down a client has what the server shows, of all that it has subscribed to, and an answer to all it asked. */
function wrongEnding({ name, hasFlooded, sightings }: VirtualClient, { finals, latest }: Simulation): string[] {
  const final = finals.get(name);
  if (final === undefined) return [`${name} did not come back`];
  const wrong = [...final.held].flatMap(([symbol, held]) => {
    const shown = latest.get(symbol);
    if (shown === undefined) return [];
    if (held?.epoch === shown.epoch && held.seq === shown.seq) {
      const isStale = sightings.findLast(({ message }) => message.symbol === symbol)?.message.stale === true;
      if (isStale === (shown.picture.facts.isStale === true)) return [];
      return [
        `${name} ends with ${symbol} ${held.epoch} ${held.seq} ${isStale ? 'stale' : 'fresh'}, and the server does not`,
      ];
    }
    const has = held === null ? 'nothing' : `${held.epoch} ${held.seq}`;
    return [`${name} ends with ${has} of ${symbol}, the server with ${shown.epoch} ${shown.seq}`];
  });
  if (final.unanswered === 0 || hasFlooded) return wrong;
  return [...wrong, `${name} had no answer to ${final.unanswered} requests`];
}

/** Nobody is closed or warned for what is not its own doing. */
function wrongCloses(client: VirtualClient, { lives, brokenSockets }: Simulation): string[] {
  const { name, closeCodes, messages, habits, hasStoodStill, hasFlooded } = client;
  const isSlow = habits.reads !== 'promptly' || hasStoodStill;
  const mayBe: Readonly<Record<number, boolean>> = {
    [closeReasons.server_shutdown.code]: true,
    [closeReasons.slow_consumer.code]: isSlow,
    [closeReasons.too_many_messages.code]: hasFlooded,
    [closeReasons.internal_error.code]: brokenSockets.has(name),
    [noGoodbye]: isSlow || lives.crashes > 0,
  };
  const wrong = closeCodes.filter((code) => mayBe[code] !== true).map((code) => `${name} was closed with ${code}`);
  const warnings = messages.filter((message) => message.type === 'warning' && message.code === 'SLOW_CONSUMER');
  return warnings.length > 0 && !isSlow ? [...wrong, `${name} reads promptly and was warned as slow`] : wrong;
}

function isEqual(rows: readonly Row[], others: readonly Row[]): boolean {
  return (
    rows.length === others.length &&
    rows.every(([price, long, short], i) => {
      const other = others[i]!;
      return price === other[0] && long === other[1] && short === other[2];
    })
  );
}
