/**
 * Certificate and key of the server, as files that may be replaced while it runs. A pair that does not work is told as an error, and
 * the one before stays: connections that are open never notice either.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { WatchedFile } from './watched-file.ts';

export interface TlsOptions {
  /** Chain, PEM. */
  readonly certFile: string;
  /** PEM. */
  readonly keyFile: string;
}

export interface TlsObserver {
  tlsReloaded(): void;
  tlsReloadFailed(error: Error): void;
}

export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

/** `cause` is what reading the files or OpenSSL says. */
export class TlsError extends Error {
  override readonly name = 'TlsError';

  constructor({ certFile, keyFile }: TlsOptions, cause: Error) {
    super(`TLS_CERT '${certFile}' and TLS_KEY '${keyFile}' cannot be used: ${cause.message}`, { cause });
  }
}

export class TlsFiles {
  readonly #options: TlsOptions;
  readonly #observer: TlsObserver;
  readonly #files: WatchedFile[] = [];
  #use: ((pair: TlsPair) => void) | null = null;

  constructor(options: TlsOptions, observer: TlsObserver) {
    this.#options = options;
    this.#observer = observer;
  }

  /** @param use is given each pair that works. @throws {TlsError} when the first does not. */
  async start(use: (pair: TlsPair) => void): Promise<void> {
    const { certFile, keyFile } = this.#options;
    const changed = () => this.#take();
    const failed = (error: Error) => this.#observer.tlsReloadFailed(error);
    try {
      for (const path of [certFile, keyFile]) this.#files.push(await WatchedFile.open(path, changed, failed));
      use(this.#working());
    } catch (error) {
      this.stop();
      throw new TlsError(this.#options, error as Error);
    }
    this.#use = use;
  }

  stop(): void {
    for (const file of this.#files) file.stop();
  }

  /** Between the new certificate and the new key the two do not fit; that too is told, and goes by. */
  #take(): void {
    this.#use?.(this.#working());
    this.#observer.tlsReloaded();
  }

  /** @throws what is wrong with the two. */
  #working(): TlsPair {
    const [cert, key] = this.#files.map(({ text }) => text) as [string, string];
    // A context is also made of an empty key, and then nobody can connect.
    if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
      throw new Error('the key is not that of the certificate');
    }
    createSecureContext({ cert, key });
    return { cert, key };
  }
}
