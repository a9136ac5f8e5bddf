import { createServer, request as httpRequest } from 'node:http';
import type {
  ClientRequest,
  IncomingHttpHeaders,
  IncomingMessage,
  ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream/promises';

/** Headers that are about one connection, not about the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Hands each request to the next instance, as a load balancer without sticky sessions does. */
export class RoundRobinProxy {
  private readonly server = createServer((request, response) => {
    void this.forward(request, response);
  });
  private turn = 0;

  constructor(private readonly instances: readonly URL[]) {}

  /** @returns the port that it listens on; `0` takes a free one */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
    const address = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeIdleConnections();
    });
  }

  private async forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const connection = await this.connect(request);
      const answered = answerOf(connection);
      const [answer] = await Promise.all([answered, pipeline(request, connection)]);
      response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
      await pipeline(answer, response);
    } catch {
      // A request that has reached an instance may have been carried out: it is never sent again.
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end('No instance answered.');
    }
  }

  /** A connection to the next instance that takes one. */
  private async connect(request: IncomingMessage): Promise<ClientRequest> {
    const first = this.turn;
    this.turn += 1;
    const failures: unknown[] = [];
    for (let offset = 0; offset < this.instances.length; offset += 1) {
      const instance = this.instances[(first + offset) % this.instances.length];
      if (instance === undefined) break;
      try {
        return await connectTo(instance, request);
      } catch (error) {
        failures.push(error);
      }
    }
    throw new AggregateError(failures, 'No instance could be reached.');
  }
}

function connectTo(instance: URL, request: IncomingMessage): Promise<ClientRequest> {
  return new Promise((resolve, reject) => {
    const connection = httpRequest(instance, {
      method: request.method,
      path: request.url,
      headers: forwarded(request),
      // One connection for each request tells an instance that is down from one that failed.
      agent: false,
    });
    connection.once('error', reject);
    connection.once('socket', (socket) => socket.once('connect', () => resolve(connection)));
  });
}

function answerOf(connection: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.once('response', resolve);
  });
}

/** The client's headers, and what the instance could not know otherwise. */
function forwarded({ headers, socket }: IncomingMessage): IncomingHttpHeaders {
  const chain = [headers['x-forwarded-for'], socket.remoteAddress].flat();
  return {
    ...endToEnd(headers),
    // Node writes the body in chunks where its length is not known.
    ...(headers['transfer-encoding'] !== undefined && { 'transfer-encoding': 'chunked' }),
    'x-forwarded-for': chain.filter((address) => address !== undefined).join(', '),
    'x-forwarded-proto': 'http',
    'x-forwarded-host': headers.host,
  };
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}
