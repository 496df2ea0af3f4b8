/** A link between a client and a server that does wrong what a link can do wrong: seeded, and switched off when told to. */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { Random } from '../../src/feed/random.ts';

export type LinkFault = 'drop' | 'duplicate' | 'hold' | 'garbage' | 'half' | 'checksum' | 'cut' | 'refuse';

export class FaultProxy {
  readonly faults = new Map<LinkFault, number>();
  isFaulty = true;
  /** Refuses every upgrade; plain HTTP goes through. */
  isBlocked = false;
  /** Of the test's own, by path, beside what the server has. */
  readonly pages = new Map<string, { type: string; body: string }>();
  readonly #servers = new Set<WebSocket>();
  readonly #random: Random;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #target: () => number;
  #held: (() => void)[] = [];

  /** @param target port of the server, asked at each connection. */
  constructor(seed: string, target: () => number) {
    this.#random = new Random(seed);
    this.#target = target;
    this.#server = createServer((incoming, response) => this.#forward(incoming, response));
    this.#sockets = new WebSocketServer({ noServer: true });
    this.#server.on('upgrade', (incoming, socket, head) => {
      if (this.isBlocked || this.#strikes('refuse', 0.2)) {
        socket.destroy();
        return;
      }
      const server = new WebSocket(`ws://127.0.0.1:${this.#target()}/ws/heatmap`);
      server.on('error', () => socket.destroy());
      server.on('open', () =>
        this.#sockets.handleUpgrade(incoming, socket, head, (client) => this.#join(client, server)),
      );
    });
  }

  listen(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  /** Reads nothing of what the server sends, as a link that has come to a standstill. */
  stall(isStalled: boolean): void {
    for (const server of this.#servers) {
      if (isStalled) server.pause();
      else server.resume();
    }
  }

  cut(): void {
    for (const client of this.#sockets.clients) client.terminate();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: WebSocket, server: WebSocket): void {
    this.#servers.add(server);
    client.on('message', (data) => {
      if (server.readyState === WebSocket.OPEN) server.send(data.toString());
    });
    server.on('message', (data) => this.#deliver(client, data.toString()));
    const end = () => {
      this.#servers.delete(server);
      client.terminate();
      server.terminate();
    };
    for (const peer of [client, server]) {
      peer.on('close', end);
      peer.on('error', () => {});
    }
  }

  #deliver(client: WebSocket, text: string): void {
    const send = (payload: string) => {
      if (client.readyState === WebSocket.OPEN) client.send(payload);
    };
    if (this.#strikes('cut', 0.02)) {
      client.terminate();
      return;
    }
    if (this.#strikes('drop', 0.05)) return;
    if (this.#strikes('garbage', 0.05)) send('\u0000{"type":');
    if (this.#strikes('duplicate', 0.05)) send(text);
    // One that is held comes behind those that follow it.
    if (this.#strikes('hold', 0.05)) {
      this.#held.push(() => send(text));
      return;
    }
    if (this.#strikes('half', 0.05)) send(text.slice(0, text.length >> 1));
    else if (this.#strikes('checksum', 0.05)) send(text.replace(/"checksum":\d/, '"checksum":9'));
    else send(text);
    const held = this.#held;
    this.#held = [];
    for (const late of held) late();
  }

  #strikes(fault: LinkFault, share: number): boolean {
    if (!this.isFaulty || this.#random.uniform() >= share) return false;
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
    return true;
  }

  #forward(incoming: IncomingMessage, response: ServerResponse): void {
    const { method, url } = incoming;
    const page = this.pages.get(url!);
    if (page !== undefined) {
      response.writeHead(200, { 'Content-Type': page.type }).end(page.body);
      return;
    }
    const onward = request({ host: '127.0.0.1', port: this.#target(), method, path: url }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  }
}
