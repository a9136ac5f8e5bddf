import { once } from 'node:events';
import { Readable } from 'node:stream';
import { connect, createServer } from 'node:http2';
import { Catch, Controller, Get, Res, StreamableFile } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import type { NextFunction, Request } from 'express';
import { createSessionMiddleware, SessionService } from 'nestjs-sesame';
import type { StoredRecord, Written } from 'nestjs-sesame';
import { closeServers, listen, startServer } from '../../support/applications/http-server.js';
import { closeApps, SECRET, startApp } from '../../support/applications/nest-app.js';
import { rawResponse } from '../../support/applications/raw-exchange.js';
import type { PlatformResponse } from '../../support/applications/raw-exchange.js';
import { deferred } from '../../support/deferred.js';
import { recordLogs } from '../../support/recorded-logs.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';
import { until } from '../../support/until.js';

afterEach(closeApps);
afterEach(closeServers);

describe('a second session middleware', () => {
  it.each([
    ['destroyed it', (request: Request, next: NextFunction) => request.session.destroy(next)],
    [
      'unset it',
      (request: Request, next: NextFunction) => (Reflect.set(request, 'session', null), next()),
    ],
  ])('does not touch the session of a request that has %s', async (_what, end) => {
    const application = express();
    application.use(createSessionMiddleware({ secret: SECRET, name: 'one' }));
    application.get('/', (request, _response, next) => void end(request, next));
    application.use(createSessionMiddleware({ secret: SECRET, name: 'other' }));
    application.get('/', (_request, response) => void response.send('well'));
    const { browser } = await listen(application);
    expect(await browser().get('/')).toMatchObject({ status: 200, text: 'well' });
  });
});

describe('writeHead()', () => {
  /** Its headers, with and without a session cookie among them. */
  const answers = async (args: readonly unknown[]) => {
    const server = await startServer({}, (request, response) => {
      if (request.url === '/new') request.session['n'] = 1;
      Reflect.apply(response.writeHead, response, args);
      response.end('well');
    });
    return Promise.all(['/', '/new'].map((path) => server.browser().get(path)));
  };

  it.each<[string, unknown[]]>([
    ['no message', [201, undefined, { 'X-A': '1', 'X-B': '2' }]],
    ['null for a message', [201, null, { 'X-A': '1', 'X-B': '2' }]],
    ['a list with several values of a name', [201, ['X-A', ['1', '2'], 'X-B', '3']]],
    [
      'pairs',
      [
        201,
        [
          ['X-A', '1'],
          ['X-B', ['2', '3']],
        ],
      ],
    ],
    ['a message and a list', [201, 'Well', ['X-A', '1', 'X-A', '2', 'X-B', '3']]],
  ])('sends the same headers with or without a session cookie: %s', async (_form, args) => {
    const [plain, withCookie] = await answers(args);
    expect(plain?.headers.get('x-a')).toMatch(/1/);
    for (const name of ['x-a', 'x-b']) {
      expect(withCookie?.headers.get(name)).toBe(plain?.headers.get(name));
    }
    expect([plain?.setCookies.length, withCookie?.setCookies.length]).toEqual([0, 1]);
    expect([plain?.status, withCookie?.status]).toEqual([201, 201]);
  });

  it("keeps the application's cookies separate", async () => {
    const [, withCookie] = await answers([200, ['Set-Cookie', ['a=1', 'b=2'], 'X-B', '3']]);
    expect(withCookie?.setCookies.map((cookie) => cookie.split('=')[0])).toEqual([
      'a',
      'b',
      'connect.sid',
    ]);
  });

  it.each<[string, unknown]>([
    ['an object', { 'X-A': '1', 'X-Way': 'new', 'X-Bad': 'a\nb' }],
    ['an object with a bad name', { 'X-A': '1', 'X-Way': 'new', 'x bad': '1' }],
    ['a list', ['X-A', '1', 'X-Way', 'new', 'X-Bad', 'a\nb']],
  ])('sets none of its headers when one of them cannot be sent: %s', async (_form, headers) => {
    const server = await startServer({}, (request, response) => {
      request.session['n'] = 1;
      response.setHeader('X-Way', 'former');
      expect(() => Reflect.apply(response.writeHead, response, [201, headers])).toThrow(/header/i);
      response.end('well');
    });
    const answer = await server.browser().get('/');
    expect([answer.status, answer.text]).toEqual([200, 'well']);
    expect([answer.headers.get('x-a'), answer.headers.get('x-way')]).toEqual([null, 'former']);
  });

  it('leaves the cookie to the error page when it throws', async () => {
    @Controller()
    class FailingController {
      constructor(private readonly sessions: SessionService) {}

      @Get('login')
      async login(@Res() reply: PlatformResponse): Promise<void> {
        await this.sessions.login('ada');
        rawResponse(reply).writeHead(200, { 'X-Bad': 'a\nb' });
      }
    }
    const { browser } = await startApp({}, { controllers: [FailingController] });
    const { status, setCookies } = await browser().get('/login');
    expect([status, setCookies.length]).toEqual([500, 1]);
  });
});

describe('a store that fails', () => {
  it('after storing a new session does not lead to a second one with the same id', async () => {
    /** Its first answer gets lost on the way. */
    class LateStore extends ScriptedStore {
      private isFirst = true;

      override async create(key: string, record: StoredRecord): Promise<Written | 'taken'> {
        const answer = await super.create(key, record);
        if (this.isFirst) {
          this.isFirst = false;
          throw new Error('the answer was lost');
        }
        return answer;
      }
    }
    const server = await startServer({ store: new LateStore() }, async (request, response) => {
      request.session['n'] = 1;
      await new Promise((resolve) => request.session.save(resolve));
      response.end('stored at last');
    });
    const { status, text, setCookies } = await server.browser().get('/');
    expect([status, text, setCookies.length]).toEqual([200, 'stored at last', 1]);
  });

  it.each(['returned', 'piped'])(
    'answers with the error alone, however late that comes, and ends a stream that is %s',
    async (way) => {
      /** Never comes to its end. */
      const source = new Readable({ read: () => void source.push(Buffer.alloc(16_384, 'x')) });

      @Controller()
      class FileController {
        constructor(private readonly sessions: SessionService) {}

        @Get('returned')
        read(): StreamableFile {
          this.sessions.current.label = 'changed';
          return new StreamableFile(source);
        }

        @Get('piped')
        pipe(@Res() reply: PlatformResponse): void {
          this.sessions.current.label = 'changed';
          source.pipe(rawResponse(reply));
        }
      }

      @Catch()
      class LateFilter implements ExceptionFilter {
        async catch(_exception: unknown, host: ArgumentsHost): Promise<void> {
          const reply = host.switchToHttp().getResponse();
          for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
          reply.status(503).send('late');
        }
      }
      const store = new ScriptedStore();
      store.break('create');
      const { browser } = await startApp({ store }, { controllers: [FileController] }, (app) =>
        app.useGlobalFilters(new LateFilter()),
      );
      const { status, text } = await browser().get(`/${way}`);
      expect([status, text]).toEqual([503, 'late']);
      await until(() => source.destroyed);
    },
    10_000,
  );

  it('calls back whoever waits for what will not be written', async () => {
    const store = new ScriptedStore();
    store.break('create');
    const called: unknown[] = [];
    const server = await startServer({ store }, (request, response) => {
      request.session['n'] = 1;
      response.write('x', (error) => called.push(error));
      response.end('y', (error?: Error) => called.push(error));
    });
    expect((await server.browser().get('/')).status).toBe(503);
    expect(called).toEqual([expect.any(Error), expect.any(Error)]);
  });
});

describe('HTTP/2', () => {
  it('is answered without a warning, and a failure is logged when the client has gone away', async () => {
    const warnings: string[] = [];
    const heard = (warning: Error): unknown => warnings.push(warning.message);
    process.on('warning', heard);
    const { logs, restore } = recordLogs();
    const store = new ScriptedStore();
    const middleware = createSessionMiddleware({ secret: SECRET, store });
    const errors: unknown[] = [];
    const gone = deferred();
    const server = createServer((request, response) => {
      if (request.url === '/leave') response.once('close', gone.resolve);
      // node:http2's compatibility API behaves like node:http, but has its own types.
      Reflect.apply(middleware, undefined, [
        request,
        response,
        (error: unknown) => {
          if (error !== undefined) return errors.push(error);
          Reflect.set(Object(Reflect.get(request, 'session')), 'n', 1);
          return response.end('well');
        },
      ]);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const client = connect(`http://127.0.0.1:${port}`);
    try {
      const answered = client.request({ ':path': '/' }).resume();
      await once(answered, 'close');
      const pause = store.pause('create');
      const left = client.request({ ':path': '/leave' });
      left.on('error', () => undefined);
      await pause.arrived;
      left.close();
      await gone.promise;
      pause.reject(new Error('down'));
      await until(() => logs.some(({ message }) => message.startsWith('A session was not stored')));
      expect(errors).toEqual([]);
      expect(warnings).toEqual([]);
    } finally {
      restore();
      process.off('warning', heard);
      client.destroy();
      server.close();
    }
  });
});
