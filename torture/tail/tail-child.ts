/** The process in which damaged logs are opened, so that a crash or a hang is seen from outside. */
import { setImmediate } from 'node:timers/promises';
import { logImages } from './log-image.ts';
import { type TailCounts, tryTails } from './tail-trial.ts';

export type TailMessage =
  | { readonly type: 'progress'; readonly done: number; readonly of: number }
  | { readonly type: 'ended'; readonly counts: TailCounts };

const [seed, most, directory] = process.argv.slice(2);
const say = (message: TailMessage) => process.send!(message);

const counts = await tryTails({
  images: await logImages(directory!),
  seed: Number(seed),
  most: Number(most),
  directory: directory!,
  progress: async (done, of) => {
    say({ type: 'progress', done, of });
    await setImmediate();
  },
});
say({ type: 'ended', counts });
process.disconnect();
