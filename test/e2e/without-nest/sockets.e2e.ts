import { once } from 'node:events';
import { ServerResponse } from 'node:http';
import type { Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import {
  createSessionMiddleware,
  MemorySessionStore,
  SessionService,
  userIdOf,
} from 'nestjs-sesame';
import type { SessionOptions } from 'nestjs-sesame';
import { Server as SocketServer } from 'socket.io';
import { io } from 'socket.io-client';
import type { Socket as ClientSocket } from 'socket.io-client';
import { WebSocket, WebSocketServer } from 'ws';
import { hasSession } from '../../support/applications/http-server.js';
import { closeApps, SECRET, startApp } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { reasonOf } from '../../support/reason-of.js';

const sockets: { close(): unknown }[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await closeApps();
});

@Controller()
class AccountController {
  constructor(private readonly sessions: SessionService) {}

  @Post('login/:user')
  async login(@Param('user') user: string): Promise<void> {
    await this.sessions.login(user);
  }

  @Get('count')
  count(): unknown {
    return { count: Reflect.get(this.sessions.current, 'count') };
  }

  @Delete('session')
  async logout(): Promise<void> {
    await this.sessions.logout();
  }
}

/** An application, and a middleware for its sockets that shares its sessions. */
async function start(
  listen: (server: Server, session: ReturnType<typeof createSessionMiddleware>) => void,
) {
  const options: SessionOptions = { secret: SECRET, store: new MemorySessionStore() };
  const app = await startApp(options, { controllers: [AccountController] });
  const server: Server = app.app.getHttpServer();
  listen(server, createSessionMiddleware(options));
  const port = Number(new URL(app.origin).port);
  const signedIn = async (user: string): Promise<Browser> => {
    const browser = app.browser();
    await browser.post(`/login/${user}`);
    return browser;
  };
  return { app, port, signedIn };
}

const cookieOf = (browser: Browser | undefined): Record<string, string> =>
  browser === undefined ? {} : { cookie: `connect.sid=${browser.cookie() ?? ''}` };

describe.each([
  ['an empty object', () => ({})],
  [
    'a response that is never sent',
    (request: ConstructorParameters<typeof ServerResponse>[0]) => new ServerResponse(request),
  ],
])('ws, with %s for the response', (_what, standIn) => {
  const startWs = () =>
    start((server, session) => {
      const sockets = new WebSocketServer({ noServer: true });
      server.on('upgrade', (request, socket, head) => {
        session(request, standIn(request), (error) => {
          if (error !== undefined || userIdOf(request) === undefined) {
            socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
            return;
          }
          sockets.handleUpgrade(request, socket, head, (client) => {
            client.on('message', (data) => {
              if (!hasSession(request)) return;
              const asked = String(data);
              const answer = (failure?: unknown): void =>
                client.send(failure ? reasonOf(failure) : (userIdOf(request) ?? 'nobody'));
              if (asked === 'who') return answer();
              request.session['count'] = 1;
              if (asked === 'regenerate') request.session.regenerate(answer);
              else if (asked === 'reload') request.session.reload(answer);
              else request.session.save(answer);
            });
          });
        });
      });
    });

  const connect = async (port: number, browser?: Browser) => {
    const client = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: cookieOf(browser) });
    sockets.push(client);
    const outcome = await new Promise((resolve) => {
      client.once('open', () => resolve('open'));
      client.once('error', ({ message }) => resolve(message));
    });
    const ask = async (what: string): Promise<string> => {
      client.send(what);
      const [said] = await once(client, 'message');
      return String(said);
    };
    return { outcome, ask };
  };

  it('knows who is signed in, and lets nobody else connect', async () => {
    const { port, signedIn } = await startWs();
    expect((await connect(port)).outcome).toMatch(/401/);
    const { outcome, ask } = await connect(port, await signedIn('ada'));
    expect(outcome).toBe('open');
    expect(await ask('who')).toBe('ada');
  });

  it('stores what a socket changes with save()', async () => {
    const { port, signedIn } = await startWs();
    const ada = await signedIn('ada');
    const { ask } = await connect(port, ada);
    expect(await ask('save')).toBe('ada');
    expect((await ada.get('/count')).body).toEqual({ count: 1 });
  });

  it('refuses a new id, which could not reach the browser', async () => {
    const { port, signedIn } = await startWs();
    const ada = await signedIn('ada');
    const { ask } = await connect(port, ada);
    expect(await ask('regenerate')).toMatch(/cannot send the cookie/);
    expect(await ask('who')).toBe('ada');
    expect((await ada.get('/count')).status).toBe(200);
  });

  it('learns from reload() that the session was ended', async () => {
    const { port, signedIn } = await startWs();
    const ada = await signedIn('ada');
    const { ask } = await connect(port, ada);
    expect(await ask('reload')).toBe('ada');
    await ada.send('/session', { method: 'DELETE' });
    expect(await ask('reload')).toMatch(/session/);
  });
});

describe.each([['polling'], ['websocket']])('socket.io, by %s', (transport) => {
  const startSocketIo = () =>
    start((server, session) => {
      const sockets_ = new SocketServer(server);
      sockets.push(sockets_);
      sockets_.engine.use(session);
      sockets_.use(({ request }, next) =>
        next(userIdOf(request) === undefined ? new Error('sign in first') : undefined),
      );
      sockets_.on('connection', (socket) => {
        socket.on('who', (answer: (who: unknown) => void) => answer(userIdOf(socket.request)));
        socket.on('count', (answer: (failure: unknown) => void) => {
          const { request } = socket;
          if (!hasSession(request)) return;
          request.session['count'] = 1;
          request.session.save(answer);
        });
      });
    });

  const connect = async (port: number, browser?: Browser) => {
    const extraHeaders = cookieOf(browser);
    const client: ClientSocket = io(`http://127.0.0.1:${port}`, {
      transports: [transport],
      extraHeaders,
    });
    sockets.push(client);
    const outcome = await new Promise((resolve) => {
      client.once('connect', () => resolve('open'));
      client.once('connect_error', ({ message }) => resolve(message));
    });
    return { client, outcome };
  };

  it('knows who is signed in, and stores what a socket changes with save()', async () => {
    const { port, signedIn } = await startSocketIo();
    expect((await connect(port)).outcome).toBe('sign in first');
    const ada = await signedIn('ada');
    const { client, outcome } = await connect(port, ada);
    expect(outcome).toBe('open');
    expect(await client.emitWithAck('who')).toBe('ada');
    expect(await client.emitWithAck('count')).toBe(null);
    expect((await ada.get('/count')).body).toEqual({ count: 1 });
  });
});
