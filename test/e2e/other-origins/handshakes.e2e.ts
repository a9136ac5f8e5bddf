import { afterEach, describe, expect, it } from '@jest/globals';
import { createSessionMiddleware, CrossOriginException, MemorySessionStore } from 'nestjs-sesame';
import type { SessionOptions } from 'nestjs-sesame';
import { Server as SocketServer } from 'socket.io';
import { io } from 'socket.io-client';
import { WebSocket, WebSocketServer } from 'ws';
import { closeServers, startServer } from '../../support/applications/http-server.js';
import { SECRET } from '../../support/applications/nest-app.js';
import { recordLogs } from '../../support/recorded-logs.js';

const sockets: { close(): unknown }[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await closeServers();
});

/** A server with a visitor who has a session, and a middleware for its sockets. */
async function start(crossOrigin: SessionOptions['crossOrigin']) {
  const options: SessionOptions = { secret: SECRET, store: new MemorySessionStore(), crossOrigin };
  const { server, origin, browser } = await startServer(options, ({ session }, response) => {
    session['visited'] = true;
    response.end();
  });
  const visitor = browser();
  await visitor.get('/');
  const cookie = `connect.sid=${visitor.cookie() ?? ''}`;
  return { server, origin, cookie, session: createSessionMiddleware(options) };
}

type Started = Awaited<ReturnType<typeof start>>;
type Connect = (headers: Record<string, string>) => Promise<string>;

function overWs({ server, origin, session }: Started): Connect {
  const accepting = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    session(request, {}, (error) => {
      const status = error instanceof CrossOriginException ? error.getStatus() : 500;
      if (error !== undefined) return void socket.end(`HTTP/1.1 ${status} Refused\r\n\r\n`);
      accepting.handleUpgrade(request, socket, head, () => undefined);
    });
  });
  return (headers) => {
    const client = new WebSocket(origin.replace('http', 'ws'), { headers });
    sockets.push(client);
    return new Promise((resolve) => {
      client.once('open', () => resolve('open'));
      client.once('error', ({ message }) => resolve(/403/.test(message) ? 'refused' : message));
    });
  };
}

function socketIoAt({ server, session }: Started): void {
  const accepting = new SocketServer(server);
  accepting.engine.use(session);
  sockets.push(accepting);
}

function overSocketIo(started: Started): Connect {
  socketIoAt(started);
  return (extraHeaders) => {
    const transports = ['websocket'];
    const client = io(started.origin, { transports, extraHeaders, reconnection: false });
    sockets.push(client);
    return new Promise((resolve) => {
      client.once('connect', () => resolve('open'));
      client.once('connect_error', () => resolve('refused'));
    });
  };
}

describe.each([
  ['ws', overWs],
  ['socket.io, by websocket', overSocketIo],
])('%s', (_what, listen) => {
  it('opens no socket with the cookie for a page of another origin', async () => {
    const started = await start({});
    const { cookie, origin } = started;
    const connect = listen(started);
    expect(await connect({ cookie, origin: 'https://evil.example' })).toBe('refused');
    expect(await connect({ cookie, origin: 'null' })).toBe('refused');
    expect(await connect({ cookie, origin, 'sec-fetch-site': 'cross-site' })).toBe('open');
    expect(await connect({ cookie, origin })).toBe('open');
    expect(await connect({ cookie })).toBe('open');
    expect(await connect({ origin: 'https://evil.example' })).toBe('open'); // for nobody
  });

  it('opens one for a page with a trusted origin', async () => {
    const started = await start({ trustedOrigins: ['https://app.example'] });
    const connect = listen(started);
    const { cookie } = started;
    expect(await connect({ cookie, origin: 'https://app.example' })).toBe('open');
    expect(await connect({ cookie, origin: 'https://evil.example' })).toBe('refused');
  });
});

describe('socket.io, by polling', () => {
  it('takes nothing with the cookie from a page of another origin: it comes by POST', async () => {
    const started = await start({});
    socketIoAt(started);
    const { cookie, origin } = started;
    const url = `${origin}/socket.io/?EIO=4&transport=polling`;
    const opened = await (await fetch(url, { headers: { cookie } })).text();
    const sid = /"sid":"([^"]+)"/.exec(opened)?.[1] ?? '';
    const send = async (from: string): Promise<number> => {
      const sent = { method: 'POST', body: '40', headers: { cookie, origin: from } };
      return (await fetch(`${url}&sid=${sid}`, sent)).status;
    };
    expect(await send('https://evil.example')).toBe(400); // engine.io's way to refuse
    expect(await send(origin)).toBe(200);
  });
});

it('a refusal is logged as the handshake of a socket, since a GET passes elsewhere', async () => {
  const { logs, restore } = recordLogs();
  const started = await start({});
  await overWs(started)({ cookie: started.cookie, origin: 'https://evil.example' });
  restore();
  expect(logs.map(({ message }) => message)).toEqual([
    expect.stringContaining("A socket's handshake came from https://evil.example to "),
  ]);
});
