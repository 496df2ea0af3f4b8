// Preloaded into a server that is to crash: an error that nobody catches, at SIGUSR2.
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  process.on('SIGUSR2', () => {
    throw new Error('what was not thought of', { cause: new TypeError('the root of it') });
  });
}
