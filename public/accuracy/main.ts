/** The accuracy page: how far each symbol is, and of the one that is chosen the numbers, once there are days enough. */
import { ask } from '../dashboard/credential.ts';
import { shown } from '../stats/table.ts';
import type { Answer, BookAnswer, SymbolAnswer } from './answer.ts';
import { calibrationPlot } from './calibration-plot.ts';
import { calibrationTable, measureTable, rivalTable } from './score-tables.ts';

const everyMs = 30_000;
const by = (id: string) => document.getElementById(id)!;
const choice = by('symbol') as HTMLSelectElement;
const completeness: Readonly<Record<string, string>> = {
  complete: 'the venue tells all of its liquidations',
  sampled: 'the venue tells only a sample of its liquidations: amounts are no totals and are not compared',
  simulated: 'a simulated market: nothing was measured',
};
let timer: ReturnType<typeof setTimeout> | undefined;

function element(name: string, text: string, className = ''): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

function tile(name: string, value: string, className = ''): HTMLElement {
  const box = document.createElement('div');
  box.append(element('dt', name), element('dd', value, className));
  return box;
}

function show(answer: Answer, symbol: SymbolAnswer): void {
  const { source, simulated, interval_seconds, days_needed, window_days, assumptions } = answer;
  by('source').textContent = simulated ? `${source}, not a real market` : source;
  const unscored = Object.entries(symbol.not_scored).map(([reason, count]) => `${reason} ${count}`);
  by('now').replaceChildren(
    tile('Interval', `${shown(interval_seconds / 60, 1)} min`),
    tile('Days needed', shown(days_needed)),
    tile('Window', `${shown(window_days)} days`),
    tile('Not scored', unscored.length === 0 ? 'none' : unscored.join(', ')),
    tile('Ledger entries', symbol.ledger === null ? '–' : shown(symbol.ledger.entries)),
    tile('Newest hash', symbol.ledger === null ? '–' : symbol.ledger.head, 'hash'),
  );
  const says = element('p', symbol.text, 'says');
  says.dataset.state = symbol.state;
  by('books').replaceChildren(says, ...symbol.books.map((book) => bookSection(symbol.symbol, book, simulated)));
  by('assumptions').replaceChildren(...assumptions.map((text) => element('li', text)));
  (by('json') as HTMLAnchorElement).href = `/accuracy.json?symbol=${encodeURIComponent(symbol.symbol)}`;
}

function bookSection(symbol: string, book: BookAnswer, simulated: boolean): HTMLElement {
  const { venue, report } = book;
  const section = document.createElement('section');
  const name = [symbol, venue ?? (simulated ? 'simulated' : '')].filter((part) => part !== '').join(', ');
  const days = `${shown(book.intervals)} intervals, ${shown(book.effective_days, 1)} effective days`;
  section.append(
    element('h2', name),
    element('p', `${days}; ${completeness[book.completeness] ?? book.completeness}.`, 'quiet'),
  );
  if (report === null) return section;
  if (report.calibration !== null) {
    const plots = element('div', '', 'plots');
    plots.append(calibrationPlot(report.calibration));
    section.append(plots);
  }
  section.append(measureTable(report), rivalTable(report));
  if (report.calibration !== null) section.append(calibrationTable(report.calibration));
  return section;
}

async function answerOf(address: string): Promise<Answer> {
  const response = await ask(address);
  const body = (await response.json()) as Answer & { readonly message?: string };
  if (!response.ok) throw new Error(body.message ?? `status ${response.status}`);
  return body;
}

async function read(): Promise<void> {
  clearTimeout(timer);
  const asked = choice.value;
  try {
    const answer = await answerOf(`/accuracy.json?symbol=${encodeURIComponent(asked)}`);
    // Another symbol may have been chosen meanwhile.
    if (asked === choice.value) show(answer, answer.symbols[0]!);
    by('state').textContent = `read ${new Date().toISOString().slice(11, 19)} UTC`;
  } catch (error) {
    by('state').textContent = `no answer: ${(error as Error).message}`;
  }
  clearTimeout(timer);
  timer = setTimeout(read, everyMs);
}

async function begin(): Promise<void> {
  try {
    const { symbols } = await answerOf('/accuracy.json');
    choice.replaceChildren(...symbols.map(({ symbol }) => element('option', symbol)));
    const wanted = new URLSearchParams(location.search).get('symbol');
    if (symbols.some(({ symbol }) => symbol === wanted)) choice.value = wanted!;
    choice.addEventListener('change', () => void read());
    await read();
  } catch (error) {
    by('state').textContent = `no answer: ${(error as Error).message}`;
    timer = setTimeout(begin, everyMs);
  }
}

void begin();
