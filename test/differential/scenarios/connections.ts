import { connect } from 'node:net';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { Procedure, Scenario } from '../support/scenario.js';
import { signed } from '../support/world.js';
import { known, seed } from './parts.js';
import { count, shown } from './standard-application.js';

/** Sends text over one socket, and reads until the server closes it. */
function raw(...requests: readonly string[]): Procedure {
  return async ({ port }) => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(requests.join(''));
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk);
    return Buffer.concat(chunks)
      .toString()
      .split('\r\n')
      .filter((line) => !/^(Date|Vary|Cache-Control):/.test(line))
      .map((line) => line.replace(/Expires=[^;]*/, 'Expires'));
  };
}

const cookie = `Cookie: connect.sid=${signed('known')}\r\n`;
const get = (path: string, headers = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`;
const last = 'Connection: close\r\n';

/** The client leaves as soon as the store has been asked, or the response begins. */
function leaving(path: string, when: 'at once' | 'in the response'): Procedure {
  return async (world) => {
    const sent = httpRequest({
      port: world.port,
      host: '127.0.0.1',
      path,
      headers: { cookie: `connect.sid=${signed('known')}` },
    });
    sent.on('error', () => undefined);
    const written = once(world.store, 'set');
    sent.end();
    if (when === 'in the response') {
      const [response] = await once(sent, 'response');
      response.on('error', () => undefined);
    } else await once(world.store, 'handling');
    sent.destroy();
    await written;
    return 'written';
  };
}

const framed: Scenario['handle'] = (request, response) => {
  const text = request.url === '/look' ? shown(request) : String(count(request));
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
};

const seeded = (world: Parameters<Procedure>[0]): void => seed(world, 'known', { count: 4 });

export const connections: readonly Scenario[] = [
  {
    name: 'many requests on one socket',
    requests: ['/count', '/count', '/untouched', '/count', '/look'],
  },
  {
    name: 'a request that asks to close',
    requests: [{ path: '/count', headers: { connection: 'close' } }, '/count'],
  },
  {
    name: 'a POST with a body that nobody reads',
    requests: [{ path: '/count', method: 'POST', body: 'x'.repeat(10_000) }, '/count'],
  },
  {
    name: 'a POST with a body that is echoed',
    handle: (request, response) => {
      count(request);
      request.pipe(response);
    },
    requests: [
      { path: '/', method: 'POST', body: 'x'.repeat(10_000) },
      { path: '/', method: 'PUT', body: 'y' },
    ],
  },
  {
    name: 'a request that expects 100-continue',
    requests: [{ path: '/count', method: 'POST', headers: { expect: '100-continue' } }],
  },
  {
    name: 'requests in a pipeline',
    handle: framed,
    before: seeded,
    requests: [raw(get('/look', cookie), get('/count', cookie), get('/look', last))],
  },
  {
    name: 'requests in a pipeline, each of a new session',
    handle: framed,
    requests: [
      raw(
        get('/count', 'x-request: 1\r\n'),
        get('/count', 'x-request: 2\r\n'),
        get('/count', `x-request: 3\r\n${last}`),
      ),
    ],
  },
  {
    name: 'requests in a pipeline, slow before fast',
    before: seeded,
    handle: (request, response, world) => {
      if (request.url === '/count') setImmediate(() => framed?.(request, response, world));
      else framed?.(request, response, world);
    },
    requests: [raw(get('/count', cookie), get('/look', last))],
  },
  {
    name: 'HTTP/1.0',
    handle: framed,
    before: seeded,
    requests: [raw(`GET /count HTTP/1.0\r\n${cookie}\r\n`)],
  },
  {
    name: 'HTTP/1.0 and a stream',
    before: seeded,
    handle: (request, response) => {
      count(request);
      response.write('one ');
      response.end('two');
    },
    requests: [raw(`GET / HTTP/1.0\r\n${cookie}\r\n`)],
  },
  {
    name: 'a client that leaves before the response',
    before: seeded,
    handle: (request, response, world) => {
      count(request);
      response.once('close', () => response.end('too late'));
      world.store.emit('handling');
    },
    requests: [leaving('/', 'at once')],
  },
  {
    name: 'a client that leaves while the response streams',
    before: seeded,
    handle: (request, response) => {
      response.write('one ');
      response.once('close', () => {
        count(request);
        response.end('two');
      });
    },
    requests: [leaving('/', 'in the response')],
  },
  {
    name: 'parallel requests that read',
    requests: [
      known('/look'),
      async (world) => {
        const answers = await Promise.all(
          ['/look', '/look', '/untouched'].map((path) =>
            world.send({ path, cookie: `connect.sid=${signed('known')}` }),
          ),
        );
        return answers.map(({ body }) => body);
      },
    ],
  },
];
