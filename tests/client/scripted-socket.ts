/** A browser's WebSocket whose other end is the test: put in the place of the global one. */
import { vi } from 'vitest';

export class ScriptedSocket {
  static made: ScriptedSocket[] = [];
  readonly OPEN = 1;
  readyState = 0;
  readonly url: string;
  readonly protocols: string[] | undefined;
  readonly sent: Record<string, unknown>[] = [];
  closedWith: number | undefined;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(url: string, protocols?: string[]) {
    new URL(url);
    this.url = url;
    this.protocols = protocols;
    ScriptedSocket.made.push(this);
  }

  static install(): void {
    ScriptedSocket.made = [];
    vi.stubGlobal('WebSocket', ScriptedSocket);
  }

  static get last(): ScriptedSocket {
    return ScriptedSocket.made.at(-1)!;
  }

  send(text: string): void {
    if (this.readyState !== this.OPEN) throw new Error('InvalidStateError');
    this.sent.push(JSON.parse(text));
  }

  close(code?: number): void {
    this.closedWith = code ?? 1005;
    this.readyState = 2;
  }

  open(): void {
    this.readyState = this.OPEN;
    this.onopen?.();
  }

  say(message: unknown): void {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }

  end(code = 1006, reason = ''): void {
    this.readyState = 3;
    this.onerror?.();
    this.onclose?.({ code, reason });
  }
}
