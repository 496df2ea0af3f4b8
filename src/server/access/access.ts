/**
 * Who may use this server: holders of an API key from the file of keys, and of a token that one of the token keys has signed. Both
 * files are looked at while the server runs; whoever would not be let in any more is closed.
 *
 * A file that was broken by an edit is told as an error, and what it held before goes on to count: nobody is locked out, and nobody is
 * let in, by a slip.
 */
import { createHash } from 'node:crypto';
import { systemClock } from '../../actors/kernel/system-clock.ts';
import { fullBucket, type TokenBucket } from '../../actors/token-bucket.ts';
import { WatchedFile } from '../watched-file.ts';
import { AccessError } from './access-error.ts';
import { type AccessKey, parseAccessKeys } from './access-keys.ts';
import { AccessSession, type SessionOwner } from './access-session.ts';
import type { AccessVerdict, Grant, Proof } from './grant.ts';
import { keysFrom, localKeys, type TokenRules, verifyToken } from './token-verifier.ts';

export interface AccessOptions {
  /** Null: no API keys. */
  readonly keysFile: string | null;
  /** Null: no tokens. `keys` is a file, or an address that begins with https:// or http://. */
  readonly tokens: (TokenRules & { readonly keys: string }) | null;
  /** Of a name that has no limits of its own. */
  readonly maxConnections: number;
  readonly messagesPerSecond: number;
  readonly expiryWarningMs: number;
}

export interface AccessObserver {
  /** @param revoked connections that are closed for it. */
  reloaded(file: string, revoked: number): void;
  /** What was read before still counts. */
  reloadFailed(file: string, error: Error): void;
}

/** What those of one name share. */
interface Holder {
  readonly sessions: Set<AccessSession>;
  readonly messages: TokenBucket;
}

type TokenKeys = ReturnType<typeof localKeys>;

export class Access implements SessionOwner {
  readonly expiryWarningMs: number;
  readonly #options: AccessOptions;
  readonly #observer: AccessObserver;
  readonly #wallClock: () => number;
  readonly #files: WatchedFile[] = [];
  readonly #holders = new Map<string, Holder>();
  #keys: ReadonlyMap<string, AccessKey> = new Map();
  #tokenKeys: TokenKeys | null = null;

  /** @param wallClock ms since 1970. */
  constructor(options: AccessOptions, observer: AccessObserver, wallClock: () => number = Date.now) {
    this.#options = options;
    this.#observer = observer;
    this.#wallClock = wallClock;
    this.expiryWarningMs = options.expiryWarningMs;
  }

  /** @throws {AccessError} */
  async start(): Promise<void> {
    const { keysFile, tokens } = this.#options;
    if (keysFile !== null) {
      await this.#watch('ACCESS_KEYS_FILE', keysFile, (text) => {
        this.#keys = parseAccessKeys(text);
      });
    }
    if (tokens === null) return;
    if (/^https?:/.test(tokens.keys)) this.#tokenKeys = keysFrom(tokens.keys);
    else {
      await this.#watch('ACCESS_JWT_KEYS', tokens.keys, (text) => {
        this.#tokenKeys = localKeys(text);
      });
    }
  }

  stop(): void {
    for (const file of this.#files) file.stop();
  }

  now(): number {
    return this.#wallClock();
  }

  /** Never rejects. */
  verify(credential: string): Promise<AccessVerdict> {
    const sha256 = createHash('sha256').update(credential).digest('hex');
    const isKey = this.#keys.has(sha256) || this.#tokenKeys === null;
    return this.#judge(isKey ? { kind: 'key', sha256 } : { kind: 'jwt', token: credential });
  }

  /** @returns null when the name has as many connections as it may. Ends with `ended`. */
  open(grant: Grant): AccessSession | null {
    const { name, maxConnections, messagesPerSecond } = grant;
    const limits = { perSecond: messagesPerSecond, burst: Math.max(2 * messagesPerSecond, 1) };
    const holder = this.#holders.get(name) ?? {
      sessions: new Set(),
      messages: fullBucket(limits, systemClock.now()),
    };
    if (maxConnections > 0 && holder.sessions.size >= maxConnections) return null;
    const session = new AccessSession(this, grant, messagesPerSecond > 0 ? { bucket: holder.messages, limits } : null);
    holder.sessions.add(session);
    this.#holders.set(name, holder);
    return session;
  }

  ended(session: AccessSession): void {
    session.end();
    const { name } = session.grant;
    const holder = this.#holders.get(name);
    holder?.sessions.delete(session);
    if (holder?.sessions.size === 0) this.#holders.delete(name);
  }

  async #judge(proof: Proof): Promise<AccessVerdict> {
    const { maxConnections, messagesPerSecond, tokens } = this.#options;
    if (proof.kind === 'key') {
      const key = this.#keys.get(proof.sha256);
      if (key === undefined) return { granted: false, reason: 'the key is not known here' };
      const grant = {
        name: `key ${key.name}`,
        scopes: key.scopes,
        expiresAt: null,
        maxConnections: key.maxConnections ?? maxConnections,
        messagesPerSecond: key.messagesPerSecond ?? messagesPerSecond,
        proof,
      };
      return { granted: true, grant };
    }
    const verdict = await verifyToken(proof.token, this.#tokenKeys!, tokens!, this.#wallClock());
    if (!verdict.ok) return { granted: false, reason: verdict.reason };
    const { subject, scopes, expiresAt } = verdict.token;
    const grant = { name: `token ${subject}`, scopes, expiresAt, maxConnections, messagesPerSecond, proof };
    return { granted: true, grant };
  }

  async #watch(setting: string, path: string, take: (text: string) => void): Promise<void> {
    const changed = (text: string) => {
      take(text);
      void this.#revoke().then((revoked) => this.#observer.reloaded(path, revoked));
    };
    try {
      const file = await WatchedFile.open(path, changed, (error) => this.#observer.reloadFailed(path, error));
      this.#files.push(file);
      take(file.text);
    } catch (error) {
      throw new AccessError(setting, path, error as Error);
    }
  }

  /** Everybody is judged anew by what was shown when the connection was opened or authenticated last. */
  async #revoke(): Promise<number> {
    let revoked = 0;
    for (const { sessions } of [...this.#holders.values()]) {
      for (const session of [...sessions]) {
        const verdict = await this.#judge(session.grant.proof);
        if (verdict.granted && verdict.grant.scopes.includes('stream')) continue;
        session.revoke();
        revoked++;
      }
    }
    return revoked;
  }
}
