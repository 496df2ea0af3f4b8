/**
 * Every byte of the files that a log leaves, cut off or turned: what is opened then is the book after some number of commits, or a
 * refusal by its name.
 */
import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TailMessage } from './tail/tail-child.ts';
import { type TailCounts, trialDirectory } from './tail/tail-trial.ts';
import type { TortureOptions } from './torture.ts';

/** All that there are. */
export const defaultRuns = Number.MAX_SAFE_INTEGER;
/** A hundred cases take less than a second. */
const patienceMs = 60_000;

export async function run(options: TortureOptions): Promise<string> {
  const directory = trialDirectory();
  const counts = await countsOf(options, directory);
  rmSync(directory, { recursive: true });
  const wrong = Object.entries(counts.wrong).map(([what, { count, first }]) => `${count} × ${what} (first: ${first})`);
  const outcomes = Object.entries(counts.outcomes).map(([outcome, count]) => `  ${outcome} ${count}`);
  const summary = [`${counts.cases} cases`, ...outcomes.sort()].join('\n');
  if (wrong.length > 0) throw new Error(`seed ${options.seed}:\n${wrong.sort().join('\n')}\n${summary}`);
  return summary;
}

/** @throws when the process dies or says nothing for too long; then the log it had open is still in the directory. */
function countsOf({ runs, seed, progress }: TortureOptions, directory: string): Promise<TailCounts> {
  const child = fork(fileURLToPath(new URL('./tail/tail-child.ts', import.meta.url)), [
    `${seed}`,
    `${runs}`,
    directory,
  ]);
  let done = 0;
  return new Promise<TailCounts>((resolve, reject) => {
    const broken = (what: string) =>
      reject(new Error(`seed ${seed}: ${what} soon after case ${done}; its log is in ${directory}`));
    const hung = setTimeout(() => {
      broken(`it hung for ${patienceMs} ms`);
      child.kill('SIGKILL');
    }, patienceMs);
    child.on('message', (message: TailMessage) => {
      hung.refresh();
      if (message.type === 'ended') return resolve(message.counts);
      done = message.done;
      progress(done, message.of);
    });
    child.on('exit', (code, signal) => {
      clearTimeout(hung);
      broken(`it ended with ${code ?? signal}`);
    });
  });
}
