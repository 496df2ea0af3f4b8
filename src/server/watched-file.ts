/**
 * A small file whose contents matter while the server runs: read at the start, looked at again and again, and told about when it has
 * changed. Contents are compared, not times: an edit in place, a new file under the name and a changed link are all seen.
 */
import { readFile } from 'node:fs/promises';

/** An administrator's change acts within this, and what it takes to read. */
export const fileCheckMs = 250;

export class WatchedFile {
  readonly path: string;
  readonly #changed: (text: string) => void;
  readonly #failed: (error: Error) => void;
  #text: string;
  /** What reading failed of at the last look, so that it is told once. */
  #failure: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;

  private constructor(path: string, text: string, changed: (text: string) => void, failed: (error: Error) => void) {
    this.path = path;
    this.#text = text;
    this.#changed = changed;
    this.#failed = failed;
    this.#schedule();
  }

  /**
   * @param changed with the new contents; what it throws goes to `failed`, and so does a file that cannot be read any more.
   * @throws when it cannot be read now.
   */
  static async open(
    path: string,
    changed: (text: string) => void,
    failed: (error: Error) => void,
  ): Promise<WatchedFile> {
    return new WatchedFile(path, await readFile(path, 'utf8'), changed, failed);
  }

  get text(): string {
    return this.#text;
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.#look(), fileCheckMs);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    try {
      const text = await readFile(this.path, 'utf8');
      this.#failure = null;
      if (text !== this.#text && !this.#isStopped) {
        this.#text = text;
        this.#changed(text);
      }
    } catch (error) {
      const { message } = error as Error;
      if (this.#failure !== message) this.#failed(error as Error);
      this.#failure = message;
    }
    this.#schedule();
  }
}
