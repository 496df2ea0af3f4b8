/** The credential of a connection, where the server asks for one: a text, or a function that gets a new one each time. */
export type Token = string | (() => string | Promise<string>);

export class Bearer {
  readonly #source: Token | undefined;
  #asked = 0;
  #current: string | undefined;

  constructor(source: Token | undefined) {
    this.#source = source;
  }

  /** The one that was given last. */
  get current(): string | undefined {
    return this.#current;
  }

  get isRenewable(): boolean {
    return typeof this.#source === 'function';
  }

  /** Calls back at once where there is nothing to wait for, and not at all once it was asked again or cancelled. */
  ask(given: () => void, failed: (error: Error) => void): void {
    const asked = ++this.#asked;
    const source = this.#source;
    if (typeof source !== 'function') {
      this.#current = source;
      given();
      return;
    }
    new Promise<string>((resolve) => resolve(source())).then(
      (token) => {
        if (asked !== this.#asked) return;
        this.#current = token;
        given();
      },
      (error) => {
        if (asked === this.#asked) failed(error);
      },
    );
  }

  cancel(): void {
    this.#asked++;
  }

  /** A page can send a credential with a WebSocket only as a subprotocol. @throws when the address is none. */
  dial(url: string): WebSocket {
    if (this.#current === undefined) return new WebSocket(url);
    return new WebSocket(url, ['heatline', `heatline.bearer.${this.#current}`]);
  }
}
