/** Asks a server how it is, as anybody could: its HTTP endpoints, twice, and a picture over a WebSocket. */
import { setTimeout } from 'node:timers/promises';
import type { HealthView, StatsView } from '../protocol/http-view.ts';
import { paths } from '../server/paths.ts';
import { asksForCredential, type ServerFacts, type UnreachableFacts } from './facts.ts';
import { MetricText } from './metric-text.ts';

const answerTimeoutMs = 5000;
const pictureTimeoutMs = 5000;
/** Between two readings. */
const pauseMs = 2000;
/** The Date header leaves out what is below a second: half of one on average. */
const dateRoundingMs = 500;

/**
 * @param url of the server, without a path.
 * @param token for a server that asks for one; null: none is shown.
 */
export async function gatherServer(url: string, token: string | null): Promise<ServerFacts | UnreachableFacts> {
  try {
    const askedAt = Date.now();
    const get = (path: string) => fetch(url + path, askedWith(token));
    const response = await get(paths.health);
    const answeredAt = Date.now();
    if (response.status === 401 || response.status === 403) return { reached: false, reason: asksForCredential };
    const health = await healthOf(response);
    if (health === null) return { reached: false, reason: `something else answers there (HTTP ${response.status})` };
    const ready = await get(paths.ready);
    const before = new MetricText(await (await get(paths.metrics)).text());
    const [picture] = await Promise.all([pictureOf(url, token, Object.keys(health.symbols)[0]), setTimeout(pauseMs)]);
    const stats = (await (await get(paths.stats)).json()) as StatsView;
    const after = new MetricText(await (await get(paths.metrics)).text());
    const date = Date.parse(response.headers.get('date') ?? '');
    const clockAheadMs = Number.isNaN(date) ? null : date + dateRoundingMs - (askedAt + answeredAt) / 2;
    const now = answeredAt + (clockAheadMs ?? 0);
    return { reached: true, isReady: ready.status === 200, health, stats, before, after, clockAheadMs, picture, now };
  } catch (error) {
    return { reached: false, reason: reasonOf(error) };
  }
}

function askedWith(token: string | null): RequestInit {
  const headers: Record<string, string> = token === null ? {} : { Authorization: `Bearer ${token}` };
  return { headers, signal: AbortSignal.timeout(answerTimeoutMs) };
}

async function healthOf(response: Response): Promise<HealthView | null> {
  const view = await response.json().catch(() => null);
  return view?.service === 'heatline' ? (view as HealthView) : null;
}

/** The first picture of a symbol. */
async function pictureOf(
  url: string,
  token: string | null,
  symbol: string | undefined,
): Promise<ServerFacts['picture']> {
  if (symbol === undefined) return { got: false, reason: 'there is no symbol yet' };
  const protocols = token === null ? [] : ['heatline', `heatline.bearer.${token}`];
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${paths.stream}`, protocols);
  const picture = new Promise<ServerFacts['picture']>((resolve) => {
    socket.onopen = () => socket.send(JSON.stringify({ action: 'subscribe', symbols: [symbol] }));
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(String(data));
      if (message.type === 'snapshot') resolve({ got: true });
      if (message.type === 'error') resolve({ got: false, reason: message.message });
    };
    socket.onclose = ({ code, reason }) =>
      resolve({ got: false, reason: `it was closed with ${code} ${reason}`.trim() });
    socket.onerror = () => resolve({ got: false, reason: 'it was not let in' });
  });
  const nothing = setTimeout(
    pictureTimeoutMs,
    { got: false, reason: `nothing came for ${pictureTimeoutMs / 1000} s` } as const,
    { ref: false },
  );
  try {
    return await Promise.race([picture, nothing]);
  } finally {
    socket.close();
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${answerTimeoutMs / 1000} s`;
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}
