/** A simulated venue on loopback: its WebSocket and its HTTP on one port, as real sockets. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { VenueSimulator } from './venue-simulator.ts';

export class VenueServer {
  readonly simulator: VenueSimulator;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });

  private constructor(simulator: VenueSimulator) {
    this.simulator = simulator;
    this.#server = createServer((request, response) => {
      const { status, headers, body } = simulator.request(new URL(request.url!, 'http://venue'));
      response.writeHead(status, headers).end(body);
    });
    this.#server.on('upgrade', (request, socket, head) => {
      this.#sockets.handleUpgrade(request, socket, head, (client) => this.#welcome(client, request.url!));
    });
  }

  static async started(simulator: VenueSimulator): Promise<VenueServer> {
    const server = new VenueServer(simulator);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    simulator.start();
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get webSocketUrl(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  get httpUrl(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.simulator.stop();
    for (const client of this.#sockets.clients) client.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #welcome(client: WebSocket, url: string): void {
    const session = this.simulator.connect(new URL(url, 'ws://venue').pathname, {
      send: (text) => client.send(text),
      ping: () => client.ping(),
      // A cut has no closing handshake.
      close: (code, reason) => (code === 1006 ? client.terminate() : client.close(code, reason)),
    });
    if (typeof session === 'number') {
      client.close(1013, `refused: ${session}`);
      return;
    }
    client.on('message', (data) => session.received(String(data)));
    client.on('pong', () => session.ponged());
    client.on('close', () => session.closed());
  }
}
