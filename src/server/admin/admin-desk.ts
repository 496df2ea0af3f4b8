/** `/admin/…`: answered to the holder of `ADMIN_TOKEN` alone, which is taken from the header and from nowhere else. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { quoted } from '../../protocol/server-message.ts';
import { type HttpAnswer, jsonAnswer } from '../http-answer.ts';
import { parametersOf, pathOf } from '../paths.ts';
import { type AdminRoom, logLevels, type TapRefusal } from './admin-room.ts';
import { TapStream } from './tap-stream.ts';

export interface AdminObserver {
  logLevelChanged(level: string, before: string): void;
  tapOpened(connection: string): void;
  tapClosed(connection: string): void;
}

export interface AdminDeskOptions {
  readonly token: string;
  /** Lines of one tap that wait for its reader; beyond it they are dropped and counted. */
  readonly maxTapBytes: number;
  /** A tap that has nothing to say says an empty line this often. */
  readonly tapIdleMs: number;
}

const prefix = '/admin/';
const offered = 'GET /admin/connections, GET /admin/tap?connection=ID, GET and PUT /admin/log-level {"level":…}';
const maxBodyBytes = 1024;
const levelSchema = z.strictObject({ level: z.enum(logLevels) });
const digestOf = (text: string) => createHash('sha256').update(text).digest();

export class AdminDesk {
  readonly #options: AdminDeskOptions;
  readonly #room: AdminRoom;
  readonly #observer: AdminObserver;
  readonly #digest: Buffer;

  constructor(options: AdminDeskOptions, room: AdminRoom, observer: AdminObserver) {
    this.#options = options;
    this.#room = room;
    this.#observer = observer;
    this.#digest = digestOf(options.token);
  }

  /** @returns null when the request is none for an administrator. */
  async answer(request: IncomingMessage): Promise<HttpAnswer | null> {
    const { url = '', method = '', headers } = request;
    const path = pathOf(url);
    if (!path.startsWith(prefix)) return null;
    if (!this.#isAdministrator(headers.authorization)) {
      const message = "This is for administrators: 'Authorization: Bearer …' with the ADMIN_TOKEN of this server.";
      return jsonAnswer(
        401,
        { code: 'NOT_AUTHENTICATED', message },
        { 'WWW-Authenticate': 'Bearer realm="heatline admin"' },
      );
    }
    switch (`${method} ${path}`) {
      case 'GET /admin/connections':
        return jsonAnswer(200, { connections: await this.#room.connections() });
      case 'GET /admin/log-level':
        return jsonAnswer(200, { level: this.#room.logLevel });
      case 'PUT /admin/log-level':
        return this.#setLogLevel(await bodyOf(request));
      case 'GET /admin/tap':
        return this.#tap(parametersOf(url).get('connection') ?? '');
      default:
        return jsonAnswer(404, {
          code: 'NOT_FOUND',
          message: `There is no ${method} ${quoted(path)}. There is: ${offered}`,
        });
    }
  }

  #isAdministrator(authorization = ''): boolean {
    const given = /^bearer +(\S+) *$/i.exec(authorization)?.[1];
    return given !== undefined && timingSafeEqual(digestOf(given), this.#digest);
  }

  #setLogLevel(body: string | null): HttpAnswer {
    const parsed = levelSchema.safeParse(parsedJson(body));
    if (!parsed.success) {
      const message = `The body must be {"level":…}, one of ${logLevels.join(', ')}, not '${quoted(body ?? '(too long)')}'.`;
      return jsonAnswer(400, { code: 'INVALID_PARAMETER', message });
    }
    const { level } = parsed.data;
    const before = this.#room.logLevel;
    this.#room.setLogLevel(level);
    this.#observer.logLevelChanged(level, before);
    return jsonAnswer(200, { level, before });
  }

  async #tap(connection: string): Promise<HttpAnswer> {
    const { maxTapBytes, tapIdleMs } = this.#options;
    let untap = () => {};
    const stream = new TapStream(maxTapBytes, tapIdleMs, () => {
      untap();
      this.#observer.tapClosed(connection);
    });
    const tapped = await this.#room.tap(
      connection,
      (line) => stream.push(line),
      () => stream.end(),
    );
    if (typeof tapped === 'string') return refusedTap(connection, tapped);
    untap = tapped;
    this.#observer.tapOpened(connection);
    return { status: 200, contentType: 'application/jsonl; charset=utf-8', body: stream };
  }
}

function refusedTap(connection: string, refusal: TapRefusal): HttpAnswer {
  const messages: Record<TapRefusal, [number, string]> = {
    absent: [404, `There is no connection '${quoted(connection)}'. GET /admin/connections lists those there are.`],
    taken: [409, `Somebody looks at '${quoted(connection)}' already.`],
    full: [409, 'There are as many taps as ADMIN_MAX_TAPS allows.'],
  };
  const [status, message] = messages[refusal];
  return jsonAnswer(status, { code: refusal === 'absent' ? 'NOT_FOUND' : 'TAP_REFUSED', message });
}

function parsedJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

/** @returns null when it is too long. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
