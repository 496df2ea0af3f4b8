/** Damages tried one after another on the files of a few small logs, and what came back, counted by what it was. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventLog } from '../../src/workers/sqlite-event-log.ts';
import { DatabaseMap } from './database-map.ts';
import { type LogImage, writeFiles } from './log-image.ts';
import { StoreLog } from './store-log.ts';
import { caseCount, damaged, type TailCase, tailCases, toldCase } from './tail-case.ts';
import { appendNext, type TailVerdict, tailVerdict } from './tail-verdict.ts';

export interface TailOptions {
  readonly images: readonly LogImage[];
  readonly seed: number;
  /** So many of all cases. */
  readonly most: number;
  /** For the damaged logs. */
  readonly directory: string;
  /** Told now and then, and after a while of nothing new it hangs. */
  progress(done: number, of: number): Promise<void>;
}

export interface TailCounts {
  readonly cases: number;
  /** By image and outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** What must never be, by what it is and what was damaged. */
  readonly wrong: Readonly<Record<string, { count: number; readonly first: string }>>;
}

const progressEvery = 100;
/** Cases of which one is tried on the real adapter, though nothing was wrong; and one on which the log goes on. */
const adapterEvery = 500;
const appendEvery = 8;
/** The stream that goes on. */
const stream = 'a';
const maxPending = 16;

export async function tryTails({ images, seed, most, directory, progress }: TailOptions): Promise<TailCounts> {
  const trial = new TailTrial(directory);
  const of = Math.min(most, caseCount(images));
  let cases = 0;
  for (const each of tailCases(images, seed, most)) {
    await trial.take(each, cases);
    if (++cases % progressEvery === 0) await progress(cases, of);
  }
  return { cases, outcomes: Object.fromEntries(trial.outcomes), wrong: Object.fromEntries(trial.wrong) };
}

/** In memory where there is a disk in memory: each case writes the files anew. */
export function trialDirectory(): string {
  const memory = '/dev/shm';
  return mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'heatline-tail-'));
}

class TailTrial {
  readonly outcomes = new Map<string, number>();
  readonly wrong = new Map<string, { count: number; readonly first: string }>();
  readonly #scratch: string;
  /** Another one for each opening: the process may still be letting go of the one before. */
  #damaged = '';
  #openings = 0;
  readonly #maps = new Map<LogImage, DatabaseMap>();
  readonly #store = async () => new StoreLog(this.#damaged);
  readonly #adapter = () => SqliteEventLog.open({ directory: this.#damaged, maxPending, onLost() {} });

  constructor(directory: string) {
    this.#scratch = directory;
  }

  async take(each: TailCase, number: number): Promise<void> {
    const { image } = each;
    this.#write(each);
    let verdict = await tailVerdict(this.#store, image, each.at);
    if (verdict.outcome === 'wrong' || number % adapterEvery === 0) {
      this.#write(each);
      verdict = await tailVerdict(this.#adapter, image, each.at);
    }
    if (verdict.outcome === 'some commits' && image.ends !== null && number % appendEvery === 0) {
      verdict = await this.#goOn(verdict, image);
    }
    const key = `${image.name}, ${each.kind}: ${told(verdict)}`;
    this.outcomes.set(key, (this.outcomes.get(key) ?? 0) + 1);
    if (verdict.outcome === 'wrong') this.#report(each, verdict.what);
  }

  #write(each: TailCase): void {
    if (this.#openings > 0) rmSync(this.#damaged, { recursive: true, force: true });
    this.#damaged = join(this.#scratch, `damaged-${++this.#openings}`);
    writeFiles(this.#damaged, damaged(each));
  }

  /** What was mended must take the next batch, and have it when it is opened once more. */
  async #goOn(verdict: TailVerdict & { outcome: 'some commits' }, image: LogImage): Promise<TailVerdict> {
    const version = verdict.found.versions.get(stream);
    if (version === undefined || !(await appendNext(this.#store, image, stream))) return verdict;
    const next = await tailVerdict(this.#store, { ...image, ends: null }, 0);
    if (next.outcome !== 'some commits') return { outcome: 'wrong', what: `once appended to: ${JSON.stringify(next)}` };
    const wanted = version + image.truth.batchAt(stream, version)!.count;
    return next.found.versions.get(stream) === wanted
      ? verdict
      : { outcome: 'wrong', what: 'what was appended is gone' };
  }

  #report(each: TailCase, what: string): void {
    const key = `${each.image.name}, ${each.kind} of ${this.#meaning(each)}: ${what}`;
    const known = this.wrong.get(key);
    if (known === undefined) this.wrong.set(key, { count: 1, first: toldCase(each) });
    else known.count++;
  }

  #meaning({ image, kind, at }: TailCase): string {
    if (kind === 'cut') return 'the end';
    if (image.ends !== null) return image.target;
    let map = this.#maps.get(image);
    if (map === undefined) {
      const path = join(this.#scratch, 'whole.sqlite');
      writeFileSync(path, image.files.get(image.target)!);
      map = new DatabaseMap(path);
      this.#maps.set(image, map);
    }
    return map.at(at);
  }
}

function told(verdict: TailVerdict): string {
  switch (verdict.outcome) {
    case 'some commits':
      return verdict.found.isRenamed ? 'some commits of another epoch' : 'some commits';
    case 'refused':
      return `refused as ${verdict.code}`;
    case 'wrong':
      return 'wrong';
    default:
      return verdict satisfies never;
  }
}
