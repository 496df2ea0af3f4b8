/** A link between two processes that can be cut, or fall silent in both directions. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export class TcpLink {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #isSilent = false;
  #isCut = false;

  private constructor(target: number) {
    this.#server = createServer((near) => {
      if (this.#isCut) {
        near.destroy();
        return;
      }
      const far = connect(target, '127.0.0.1');
      const pair = [near, far] as const;
      this.#pairs.add(pair);
      near.pipe(far);
      far.pipe(near);
      if (this.#isSilent) for (const socket of pair) socket.pause();
      const end = () => {
        this.#pairs.delete(pair);
        for (const socket of pair) socket.destroy();
      };
      for (const socket of pair) {
        socket.setNoDelay();
        socket.on('error', end);
        socket.on('close', end);
      }
    });
  }

  static async to(target: number): Promise<TcpLink> {
    const link = new TcpLink(target);
    await new Promise<void>((resolve) => link.#server.listen(0, '127.0.0.1', resolve));
    return link;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** Nothing passes, and nobody is told. */
  silence(isSilent: boolean): void {
    this.#isSilent = isSilent;
    for (const pair of this.#pairs) {
      for (const socket of pair) {
        if (isSilent) socket.pause();
        else socket.resume();
      }
    }
  }

  cut(isCut: boolean): void {
    this.#isCut = isCut;
    if (isCut) for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut(true);
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
