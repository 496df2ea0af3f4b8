/**
 * One connection of somebody who is known: warned before the credential expires, closed when it has, or when it was revoked. A client
 * may show a new credential of the same name meanwhile and stays connected.
 */
import type { AuthenticationAnswer, ClientSession, SharedBucket } from '../../actors/client-session.ts';
import type { ClientSocket } from '../../actors/client-socket.ts';
import { closeReasons } from '../../protocol/close-reason.ts';
import { expiryWarning } from '../../protocol/server-message.ts';
import { textFrame } from '../../protocol/websocket-frame.ts';
import type { AccessVerdict, Grant } from './grant.ts';

export interface SessionOwner {
  verify(credential: string): Promise<AccessVerdict>;
  /** ms since 1970. */
  now(): number;
  /** How long before the end a client is warned, in ms. */
  readonly expiryWarningMs: number;
}

/** Node's timers hold no more; a longer wait is cut into such pieces. */
const longestTimerMs = 2 ** 31 - 1;

export class AccessSession implements ClientSession {
  readonly messageBucket: SharedBucket | null;
  readonly #owner: SessionOwner;
  #grant: Grant;
  #socket: Pick<ClientSocket, 'write' | 'close'> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isWarned = false;

  constructor(owner: SessionOwner, grant: Grant, messageBucket: SharedBucket | null) {
    this.#owner = owner;
    this.#grant = grant;
    this.messageBucket = messageBucket;
  }

  get grant(): Grant {
    return this.#grant;
  }

  /** The connection is open. */
  begin(socket: Pick<ClientSocket, 'write' | 'close'>): void {
    this.#socket = socket;
    this.#look();
  }

  /** The connection is gone. */
  end(): void {
    this.#socket = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  revoke(): void {
    this.#socket?.close(closeReasons.revoked);
  }

  async authenticate(credential: string): Promise<AuthenticationAnswer> {
    const verdict = await this.#owner.verify(credential);
    if (!verdict.granted) return { outcome: 'refused', reason: verdict.reason };
    const { grant } = verdict;
    if (grant.name !== this.#grant.name) {
      return { outcome: 'refused', reason: 'the credential is of somebody else; open a connection of its own' };
    }
    if (!grant.scopes.includes('stream'))
      return { outcome: 'refused', reason: "the credential lacks the scope 'stream'" };
    this.#grant = grant;
    this.#isWarned = false;
    this.#look();
    return { outcome: 'authenticated', expiresAt: grant.expiresAt };
  }

  #look(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const { expiresAt } = this.#grant;
    if (expiresAt === null || this.#socket === null) return;
    const leftMs = expiresAt - this.#owner.now();
    if (leftMs <= 0) {
      this.#socket.close(closeReasons.expired);
      return;
    }
    const untilWarningMs = leftMs - this.#owner.expiryWarningMs;
    if (untilWarningMs <= 0 && !this.#isWarned) {
      this.#isWarned = true;
      this.#socket.write(textFrame(JSON.stringify(expiryWarning(expiresAt))), null);
    }
    const waitMs = this.#isWarned ? leftMs : untilWarningMs;
    this.#timer = setTimeout(() => this.#look(), Math.min(waitMs, longestTimerMs));
    this.#timer.unref();
  }
}
