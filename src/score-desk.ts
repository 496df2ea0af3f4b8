/**
 * What is known of the live score of each symbol that is written here, for `/accuracy` and for whoever wants to hear of each entry.
 * Reports are worked out by a thread of their own, when somebody asks, and kept until the ledger goes on.
 */

import type { Logger } from 'pino';
import { accuracyReport } from './accuracy-report.ts';
import type { LiveScoreOptions, ScoreObserver } from './actors/live-score.ts';
import type { NewsDesk } from './actors/news-desk.ts';
import type { Config } from './config.ts';
import type { Feed } from './feed/feed.ts';
import type { PlacedEntry } from './log/ledger-chain.ts';
import { poolLines } from './log-lines.ts';
import { pictureNames } from './market/picture-name.ts';
import type { AccuracyBook, AccuracySymbol, AccuracyView, LiveReportView } from './protocol/accuracy-view.ts';
import { dayOf } from './score/recording.ts';
import { effectiveDays } from './score/statistics/day-bootstrap.ts';
import { type BoardBook, ScoreBoard } from './score-board.ts';
import { completenessIn } from './scored-source.ts';
import type { SymbolRegistry } from './symbol-registry.ts';
import { ScorePool } from './workers/score-pool.ts';

export interface ScoreDeskOptions {
  readonly config: Pick<Config, 'symbols' | 'venues' | 'score'>;
  readonly logger: Logger;
  readonly feed: Pick<Feed, 'name' | 'simulated' | 'listening'>;
  readonly registry: SymbolRegistry;
  /** Where each entry is told once it is committed. */
  readonly news: () => NewsDesk;
}

/** Enough for intervals of 95 %: five draws lie beyond each end. */
const bootstrap = { draws: 200, seed: 1 };

const assumptions = [
  'A prediction is what the book, frozen before the interval, held where the price then went. The path of the price is given to it, as to every baseline.',
  'What opens and is liquidated within the interval is in no frozen book, so predictions are too low by it.',
  'Baselines are given the scale that suits them best on the same intervals; the prediction stands by its own.',
];
const sampledAssumption =
  'Sampled: the venue tells only some of its liquidations. Ranks can be read, amounts are no totals and are not compared.';
const simulatedAssumption = 'Simulated: nothing here was measured on a market.';

export class ScoreDesk {
  readonly #options: ScoreDeskOptions;
  readonly #pool: ScorePool;
  readonly #boards = new Map<string, ScoreBoard>();
  readonly #broken = new Map<string, string>();
  readonly #reports = new Map<string, { readonly entries: number; readonly report: Promise<LiveReportView> }>();

  constructor(options: ScoreDeskOptions) {
    this.#options = options;
    this.#pool = new ScorePool(poolLines(options.logger));
  }

  /** How symbols are scored; null: they are not. */
  scoring(): LiveScoreOptions | null {
    const { config, feed } = this.#options;
    const completenessOf = completenessIn(feed);
    const { intervalMs } = config.score;
    if (completenessOf === null || intervalMs === 0) return null;
    return { intervalMs, completenessOf, observer: this.#observer };
  }

  /**
   * @param symbol whose numbers are asked for; without one no number is worked out.
   * @returns null: there is no such symbol.
   * @throws {TaskRefused} when too many ask.
   */
  async view(symbol?: string): Promise<AccuracyView | null> {
    const { config, feed } = this.#options;
    if (symbol !== undefined && !config.symbols.includes(symbol)) return null;
    const { intervalMs, daysNeeded, windowDays } = config.score;
    const asked = symbol === undefined ? config.symbols : [symbol];
    const symbols = await Promise.all(asked.map((name) => this.#symbolView(name, symbol !== undefined)));
    const isSampled = symbols.some(({ books }) => books.some(({ completeness }) => completeness === 'sampled'));
    return {
      source: feed.name,
      simulated: feed.simulated,
      interval_seconds: intervalMs / 1000,
      days_needed: daysNeeded,
      window_days: windowDays,
      assumptions: [
        ...(feed.simulated ? [simulatedAssumption] : []),
        ...assumptions,
        ...(isSampled ? [sampledAssumption] : []),
      ],
      symbols,
    };
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  readonly #observer: ScoreObserver = {
    opened: (symbol, entries) => {
      const { intervalMs, windowDays } = this.#options.config.score;
      const board = new ScoreBoard(intervalMs, windowDays);
      for (const placed of entries) board.take(placed);
      this.#boards.set(symbol, board);
      this.#broken.delete(symbol);
      this.#options.registry.clearProblem(`ledger ${symbol}`);
    },
    entered: (symbol, placed) => {
      this.#boards.get(symbol)?.take(placed);
      this.#tell(symbol, placed);
    },
    broken: (symbol, error) => {
      this.#boards.delete(symbol);
      this.#broken.set(symbol, error.message);
      const { registry, logger } = this.#options;
      registry.addProblem(`ledger ${symbol}`, `${symbol} is not scored: ${error.message}`);
      logger.error({ event: 'ledger_broken', symbol, err: error });
    },
  };

  /** Whoever asked for one venue of the symbol hears of it too: the hash is of the whole entry. */
  #tell(symbol: string, { hash, entry }: PlacedEntry): void {
    const { config, feed, logger, news } = this.#options;
    logger.debug({ event: 'score_entered', symbol, kind: entry.kind, hash });
    const timestamp = new Date().toISOString();
    for (const name of pictureNames([symbol], config.venues)) {
      const said = { timestamp, simulated: feed.simulated, missed: 0, data: [{ hash, entry }] };
      news().tell({ type: 'score', symbol: name, ...said });
    }
  }

  async #symbolView(symbol: string, isAsked: boolean): Promise<AccuracySymbol> {
    const nothing = { symbol, ledger: null, not_scored: {}, books: [] };
    const broken = this.#broken.get(symbol);
    if (broken !== undefined) return { ...nothing, state: 'broken', text: broken };
    if (this.scoring() === null) return { ...nothing, state: 'unscored', text: this.#whyNot() };
    const board = this.#boards.get(symbol);
    if (board === undefined || this.#options.registry.bookOf(symbol) === undefined) {
      const text =
        'This symbol is written by another server, or not yet by this one: the server that writes it has its score.';
      return { ...nothing, state: 'elsewhere', text };
    }
    const books = await Promise.all(board.books.map((book) => this.#bookView(symbol, board, book, isAsked)));
    const days = Math.max(0, ...books.map(({ effective_days }) => effective_days));
    const { daysNeeded } = this.#options.config.score;
    const isEnough = days >= daysNeeded;
    return {
      symbol,
      state: isEnough ? 'scored' : 'gathering',
      text: isEnough
        ? `${days.toFixed(1)} effective days are scored.`
        : `${days.toFixed(1)} of the ${daysNeeded} days that a number needs are scored.`,
      ledger: { entries: board.entries, head: board.head },
      not_scored: board.unscored,
      books,
    };
  }

  async #bookView(symbol: string, board: ScoreBoard, book: BoardBook, isAsked: boolean): Promise<AccuracyBook> {
    const { venue, completeness, intervals } = book;
    const days = effectiveDays(intervals.map(({ start }) => dayOf(start)));
    const isShown = isAsked && days >= this.#options.config.score.daysNeeded;
    return {
      venue,
      completeness,
      intervals: intervals.length,
      effective_days: days,
      report: isShown ? await this.#report(symbol, board, book) : null,
    };
  }

  #report(symbol: string, board: ScoreBoard, { venue, completeness, intervals }: BoardBook): Promise<LiveReportView> {
    const key = `${symbol} ${venue ?? ''}`;
    const { entries } = board;
    const kept = this.#reports.get(key);
    if (kept?.entries === entries) return kept.report;
    const { config } = this.#options;
    const job = { intervals: [...intervals], intervalMs: config.score.intervalMs, bootstrap };
    const report = this.#pool.score(job).then((made) => accuracyReport(made, completeness));
    this.#reports.set(key, { entries, report });
    report.catch(() => this.#reports.delete(key));
    return report;
  }

  #whyNot(): string {
    if (this.#options.config.score.intervalMs === 0) return 'SCORE_INTERVAL is 0: nothing is scored.';
    return 'The source tells of no liquidations: there is nothing to score against.';
  }
}
