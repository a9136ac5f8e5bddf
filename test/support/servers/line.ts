import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** The line between an application and a server in another process, which a test can disturb. */
export class Line {
  private readonly pairs = new Set<readonly [near: Socket, far: Socket]>();
  private isHeld = false;
  private unanswered: string | undefined;
  private readonly server: Server;
  private port = 0;

  private constructor(private readonly target: URL) {
    this.server = createServer((near) => this.join(near));
  }

  static async to(url: string): Promise<Line> {
    const line = new Line(new URL(url));
    await line.open();
    return line;
  }

  /** The address of the server, by way of this line. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String(this.port);
    return url.href;
  }

  /** Nothing arrives in either direction until it is let through, as with a frozen server. */
  hold(): void {
    this.isHeld = true;
    for (const socket of this.sockets()) socket.pause();
  }

  letThrough(): void {
    this.isHeld = false;
    for (const socket of this.sockets()) socket.resume();
  }

  /** Connections opened so far stay silent forever; those opened from now on work. */
  goSilent(): void {
    for (const [near, far] of this.pairs) {
      near.unpipe(far).resume();
      far.unpipe(near).resume();
    }
  }

  /** The next request that contains these words arrives, and its answer is lost with the connection. */
  loseAnswerTo(words: string): void {
    this.unanswered = words;
  }

  /** Connections break, and new ones are refused. */
  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets()) socket.resetAndDestroy();
    await closed;
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = portOf(this.server.address());
  }

  async close(): Promise<void> {
    this.letThrough();
    if (this.server.listening) await this.cut();
  }

  private join(near: Socket): void {
    const far = connect(Number(this.target.port), this.target.hostname);
    const pair = [near, far] as const;
    this.pairs.add(pair);
    near.pipe(far);
    far.pipe(near);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.pairs.delete(pair);
        for (const end of pair) end.destroy();
      });
      if (this.isHeld) socket.pause();
    }
    near.on('data', (data) => {
      if (this.unanswered === undefined || !data.includes(this.unanswered)) return;
      this.unanswered = undefined;
      far.unpipe(near).resume();
      far.once('data', () => near.resetAndDestroy());
    });
  }

  private sockets(): readonly Socket[] {
    return [...this.pairs].flat();
  }
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
