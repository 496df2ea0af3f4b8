/**
 * Two network namespaces with a link between them whose direction to the clients is limited by `tc tbf`: the server and the fast clients
 * live in one, the slow client in the other. The addresses are those set aside for benchmarks (RFC 2544). Needs root.
 */
import { execFileSync } from 'node:child_process';

export class SlowLink implements Disposable {
  readonly serverAddress = '198.18.0.1';
  readonly #name = `heatline-${process.pid}`;

  constructor() {
    const [near, far] = [`${this.#name}-near`, `${this.#name}-far`];
    try {
      ip('netns', 'add', near);
      ip('netns', 'add', far);
      ip('-n', near, 'link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far', 'netns', far);
      ip('-n', near, 'address', 'add', `${this.serverAddress}/30`, 'dev', 'near');
      ip('-n', far, 'address', 'add', '198.18.0.2/30', 'dev', 'far');
      for (const device of ['lo', 'near']) ip('-n', near, 'link', 'set', device, 'up');
      ip('-n', far, 'link', 'set', 'far', 'up');
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Runs a command beside the server. */
  get near(): readonly string[] {
    return ['ip', 'netns', 'exec', `${this.#name}-near`];
  }

  get far(): readonly string[] {
    return ['ip', 'netns', 'exec', `${this.#name}-far`];
  }

  limit(kbitPerSecond: number): void {
    const shape = ['root', 'tbf', 'rate', `${kbitPerSecond}kbit`, 'burst', '4kb', 'limit', '32kb'];
    execFileSync('tc', ['-n', `${this.#name}-near`, 'qdisc', 'replace', 'dev', 'near', ...shape]);
  }

  [Symbol.dispose](): void {
    for (const end of ['near', 'far']) {
      try {
        execFileSync('ip', ['netns', 'delete', `${this.#name}-${end}`], { stdio: 'ignore' });
      } catch {
        // It was not made.
      }
    }
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args);
}
