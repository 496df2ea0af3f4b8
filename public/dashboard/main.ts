/** The dashboard: controls, the chart, and what is said about them. */
import type { SnapshotMessage } from '../js/websocket-client.mjs';
import { ChartView, type Theme } from './chart-view.ts';
import { ask } from './credential.ts';
import { Feed, type Wish } from './feed.ts';
import { type Band, bandColours } from './liquidation-map.ts';
import { wordsOf } from './liquidation-marks.ts';
import { compactUsd, cssOf, palette } from './palettes.ts';
import { savePicture } from './save-picture.ts';
import { fetchSeries, type SeriesMeta } from './time-series.ts';

const hour = 3_600_000;
const ranges = {
  '6h': { rangeMs: 6 * hour, interval: '1m', intervalMs: 60_000 },
  '24h': { rangeMs: 24 * hour, interval: '1m', intervalMs: 60_000 },
  '3d': { rangeMs: 72 * hour, interval: '5m', intervalMs: 300_000 },
  '7d': { rangeMs: 168 * hour, interval: '15m', intervalMs: 900_000 },
  '30d': { rangeMs: 720 * hour, interval: '1h', intervalMs: hour },
} as const;
const bandNames = ['1-10x', '10-25x', '25-50x', '50-100x', '100x+'] as const;
const stepMultiples = [1, 2, 5, 10];

const by = <E extends HTMLElement>(id: string) => document.getElementById(id) as E;
const value = (id: string) => by<HTMLSelectElement>(id).value;
const text = (id: string, words: string) => {
  by(id).textContent = words;
};

const map = by<HTMLCanvasElement>('map');
const view = new ChartView({ chart: by('chart'), map, brush: by<HTMLCanvasElement>('brush') });
let meta: SeriesMeta | null = null;
let newest: SnapshotMessage | null = null;
/** Liquidations that are not among the marks. */
let lost = 0;
let noticeTimer: ReturnType<typeof setTimeout> | undefined;

const feed = new Feed(view, {
  status(status) {
    text('ws-status', status.toUpperCase());
    by('ws-status').className = `status-${status}`;
  },
  loaded(loaded) {
    meta = loaded;
    showMeta(loaded);
    void showMap();
  },
  picture(message) {
    if (message.symbol !== value('symbol')) return;
    newest = message;
    text('price', `${message.symbol} ${message.data.current_price.toLocaleString('en-US')}`);
    showAge();
  },
  liquidations({ data, missed }) {
    view.marks.add(data);
    lost += missed;
    text(
      'liquidations-lost',
      lost === 0 ? '' : `${lost.toLocaleString('en-US')} liquidations were not sent: too many, or the link too slow`,
    );
  },
  turned: () => void showMap(),
  replaying(isReplaying) {
    by('replay').setAttribute('aria-pressed', String(isReplaying));
    text('replay', isReplaying ? 'Back to live' : 'Replay');
  },
  failed: notice,
});

function notice(message: string): void {
  clearTimeout(noticeTimer);
  text('notice', message);
  by('notice').hidden = false;
  noticeTimer = setTimeout(() => {
    by('notice').hidden = true;
  }, 6000);
}

function chosenBands(): string[] {
  return bandNames.filter((_, i) => by<HTMLInputElement>(`band-${i}`).checked);
}

function wish(): Wish {
  const range = ranges[value('range') as keyof typeof ranges];
  const bands = chosenBands();
  const step = value('step');
  return {
    symbol: value('symbol'),
    ...range,
    binSize: step === '' ? null : Number(step),
    leverage: bands.length === bandNames.length || bands.length === 0 ? null : bands,
  };
}

function showMeta({ simulated, source, assumptions = [], level_step, observed_share }: SeriesMeta): void {
  const badge = by('source');
  badge.hidden = false;
  badge.classList.toggle('measured', !simulated);
  badge.textContent = simulated ? 'SIMULATED: not a real market' : source.toUpperCase();
  const items = [...assumptions];
  if (typeof observed_share === 'number') {
    items.push(`${Math.round(observed_share * 100)} % of the open contracts were seen being opened`);
  }
  by('assumptions').replaceChildren(
    ...items.map((words) => {
      const item = document.createElement('li');
      item.textContent = words;
      return item;
    }),
  );
  if (level_step !== undefined) offerSteps(level_step);
  showScale();
}

function offerSteps(levelStep: number): void {
  const select = by<HTMLSelectElement>('step');
  if (select.dataset.levelStep === String(levelStep)) return;
  select.dataset.levelStep = String(levelStep);
  select.replaceChildren(
    ...stepMultiples.map((multiple) => {
      const size = levelStep * multiple;
      return new Option(`${size} USD`, multiple === 1 ? '' : String(size));
    }),
  );
}

function showScale(): void {
  text('scale-max', compactUsd(view.grid?.max ?? 0));
  const ramp = by<HTMLCanvasElement>('ramp');
  const context = ramp.getContext('2d')!;
  for (const [i, colour] of palette(value('palette')).entries()) {
    context.fillStyle = cssOf(colour);
    context.fillRect(0, 255 - i, ramp.width, 1);
  }
}

/** Each leverage by itself, as of the last minute that is over. */
async function showMap(): Promise<void> {
  const { symbol, binSize } = wish();
  const chosen = chosenBands();
  const size: Record<string, string> = binSize === null ? {} : { price_bin_size: String(binSize) };
  try {
    const bands = await Promise.all(
      bandNames.map(async (name): Promise<Band> => {
        if (!chosen.includes(name)) return { name, levels: [] };
        const { columns } = await fetchSeries({ symbol, interval: '1m', limit: '1', leverage: name, ...size });
        return { name, levels: columns.at(-1)?.levels ?? [] };
      }),
    );
    if (symbol !== value('symbol')) return;
    const price = view.columns.at(-1)?.close ?? 0;
    view.map.movePrice(price);
    view.map.show(bands, binSize ?? meta?.level_step ?? 1);
    summarize(bands, price);
  } catch (error) {
    notice((error as Error).message);
  }
}

/** What a picture says, in words. */
function summarize(bands: readonly Band[], price: number): void {
  const totals = new Map<number, number>();
  for (const { levels } of bands) {
    for (const { price: at, long_density, short_density } of levels) {
      totals.set(at, (totals.get(at) ?? 0) + long_density + short_density);
    }
  }
  const strongest = (isAbove: boolean) =>
    [...totals].filter(([at]) => at > price === isAbove).sort((a, b) => b[1] - a[1])[0];
  const say = (found: [number, number] | undefined, what: string) =>
    found === undefined
      ? ''
      : ` Strongest ${what}: ${found[0].toLocaleString('en-US')} with ${compactUsd(found[1])} USD.`;
  const words = `${value('symbol')} at ${price.toLocaleString('en-US')}.`;
  text('summary', words + say(strongest(false), 'longs below') + say(strongest(true), 'shorts above'));
}

function showAge(): void {
  if (newest === null) return;
  const seconds = Math.max((Date.now() - Date.parse(newest.timestamp)) / 1000, 0);
  text('age', `${seconds.toFixed(0)} s old${newest.stale === true ? ', stale: the server takes nothing in' : ''}`);
}

function fillControls(symbols: readonly string[]): void {
  by('symbol').replaceChildren(...symbols.map((symbol) => new Option(symbol)));
  for (const [i, name] of bandNames.entries()) {
    const label = document.createElement('label');
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.id = `band-${i}`;
    box.checked = true;
    label.append(box, name);
    by('leverage').append(label);
    const mark = document.createElement('span');
    const swatch = document.createElement('i');
    swatch.className = 'swatch';
    swatch.style.background = bandColours[i]!;
    mark.append(swatch, name);
    by('legend').append(mark);
  }
}

function listen(): void {
  const reload = () => void feed.show(wish());
  by('symbol').addEventListener('change', () => {
    by<HTMLSelectElement>('step').dataset.levelStep = '';
    by('step').replaceChildren(new Option('', ''));
    feed.stopReplay();
    reload();
  });
  for (const id of ['range', 'step', 'leverage']) by(id).addEventListener('change', reload);
  const recolour = () => {
    const threshold = Number(value('threshold')) / 100;
    text('threshold-value', `${value('threshold')} %`);
    view.recolour(value('palette'), threshold);
    showScale();
  };
  by('threshold').addEventListener('input', recolour);
  by('palette').addEventListener('change', recolour);
  by('theme').addEventListener('change', () => {
    document.documentElement.dataset.theme = value('theme');
    view.theme(value('theme') as Theme);
  });
  by('pause').addEventListener('click', () => {
    const isPaused = by('pause').getAttribute('aria-pressed') !== 'true';
    by('pause').setAttribute('aria-pressed', String(isPaused));
    text('pause', isPaused ? 'Resume' : 'Pause');
    feed.pause(isPaused);
  });
  by('replay').addEventListener('click', () => {
    if (feed.isReplaying) {
      feed.stopReplay();
      void feed.reload();
      return;
    }
    const from = Date.parse(`${value('replay-from')}Z`);
    if (Number.isNaN(from)) notice('Choose a moment to replay from (UTC).');
    else void feed.replay(from, Number(value('replay-speed')));
  });
  by('save').addEventListener('click', () => {
    const title = `${value('symbol')} liquidation heatmap ${new Date().toISOString().slice(0, 16)} UTC`;
    savePicture(view, map, { title, warning: meta?.simulated === true ? 'SIMULATED' : null });
  });
  by('liquidations').addEventListener('change', () => view.marks.show(by<HTMLInputElement>('liquidations').checked));
  by('controls').addEventListener('submit', (event) => event.preventDefault());
  view.chart.subscribeCrosshairMove((event) => {
    const found = view.under(event);
    const card = by('card');
    card.hidden = found === null || found.cell === null;
    if (found === null || found.cell === null || event.point === undefined) return;
    const { column, cell } = found;
    const mark = view.marks.under(event.point.x, event.point.y);
    const usd = (amount: number) => `${Math.round(amount).toLocaleString('en-US')} USD`;
    card.textContent = [
      `${new Date(column.time).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
      `price  ${cell.price.toLocaleString('en-US')}`,
      `long   ${usd(cell.long)}`,
      `short  ${usd(cell.short)}`,
      `total  ${usd(cell.long + cell.short)}`,
      ...(mark === null ? [] : [wordsOf(mark)]),
    ].join('\n');
    const chart = by('chart');
    const isRight = event.point.x > chart.clientWidth / 2;
    const x = chart.offsetLeft + event.point.x + (isRight ? -card.offsetWidth - 14 : 14);
    card.style.transform = `translate(${x}px, ${event.point.y + 14}px)`;
  });
}

async function begin(): Promise<void> {
  document.documentElement.dataset.theme = 'dark';
  const health = await (await ask('/health')).json();
  fillControls(Object.keys(health.symbols));
  listen();
  const from = new Date(Date.now() - 2 * hour).toISOString().slice(0, 16);
  by<HTMLInputElement>('replay-from').value = from;
  setInterval(showAge, 1000);
  await feed.show(wish());
}

begin().catch((error) => notice(`There is nothing to show: ${error.message}. Then reload the page.`));

/** For the browser's console, and for tests. */
Object.assign(globalThis, { heatline: { view, feed } });
