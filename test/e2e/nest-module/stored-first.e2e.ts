import '../../support/session-data.js';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Catch,
  Controller,
  Get,
  Header,
  HttpCode,
  HttpException,
  Redirect,
  Res,
  Sse,
  StreamableFile,
  UseFilters,
} from '@nestjs/common';
import type {
  ArgumentsHost,
  ExceptionFilter,
  INestApplication,
  ModuleMetadata,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import compression from 'compression';
import type { Request, Response } from 'express';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { of } from 'rxjs';
import type { Observable } from 'rxjs';
import { MemorySessionStore, Session, SessionService } from 'nestjs-sesame';
import type { StoredRecord, Written } from 'nestjs-sesame';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import type { Configure } from '../../support/applications/nest-app.js';
import { rawResponse } from '../../support/applications/raw-exchange.js';
import type { PlatformResponse } from '../../support/applications/raw-exchange.js';
import { deferred } from '../../support/deferred.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

afterEach(closeApps);

const TEXT = 'a long text '.repeat(500);

/** Every way in which a Nest handler may answer after changing the session. */
@Controller()
class WaysController {
  constructor(private readonly sessions: SessionService) {}

  @Get('value')
  value(@Session() session: Session): object {
    session.count = 1;
    return { text: TEXT };
  }

  @Get('promise')
  async promise(): Promise<object> {
    await delay(1);
    this.sessions.current.count = 1;
    return { text: TEXT };
  }

  @Get('observable')
  observable(@Session() session: Session): Observable<object> {
    session.count = 1;
    return of({ text: TEXT });
  }

  @Get('nothing')
  @HttpCode(204)
  nothing(@Session() session: Session): void {
    session.count = 1;
  }

  @Get('redirect')
  @Redirect('/elsewhere')
  redirect(@Session() session: Session): void {
    session.count = 1;
  }

  @Get('dynamic-redirect')
  @Redirect()
  dynamicRedirect(@Session() session: Session): { url: string; statusCode: number } {
    session.count = 1;
    return { url: '/elsewhere', statusCode: 303 };
  }

  @Get('res-redirect')
  resRedirect(@Session() session: Session, @Res() response: Response): void {
    session.count = 1;
    response.status(302).redirect('/elsewhere');
  }

  @Get('res-json')
  resJson(@Session() session: Session, @Res() response: Response): void {
    session.count = 1;
    response.header('Set-Cookie', 'other=1').status(201).send({ text: TEXT });
  }

  @Get('passthrough')
  passthrough(@Session() session: Session, @Res({ passthrough: true }) response: Response): object {
    session.count = 1;
    response.header('X-Way', 'passthrough');
    return { text: TEXT };
  }

  @Get('res-stream')
  resStream(@Session() session: Session, @Res() reply: PlatformResponse): void {
    session.count = 1;
    const response = rawResponse(reply).setHeader('Content-Type', 'application/json');
    Readable.from(['{"text":', JSON.stringify(TEXT), '}']).pipe(response);
  }

  @Get('file')
  @Header('Content-Disposition', 'attachment; filename="text.json"')
  file(@Session() session: Session): StreamableFile {
    session.count = 1;
    const body = Buffer.from(JSON.stringify({ text: TEXT }));
    return new StreamableFile(body, { type: 'application/json', length: body.length });
  }

  @Sse('sse')
  sse(@Session() session: Session): Observable<{ data: string }> {
    session.count = 1;
    return of({ data: 'first' }, { data: 'second' });
  }

  @Get('throw')
  throw(@Session() session: Session): void {
    session.count = 1;
    throw new HttpException('a teapot', 418);
  }
}

@Catch(HttpException)
class ShapeFilter implements ExceptionFilter<HttpException> {
  catch(exception: HttpException, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    http
      .getResponse<Response>()
      .status(exception.getStatus())
      .send({
        shape: 'ours',
        path: http.getRequest<Request>().url,
        message: exception.message,
        cause: exception.cause instanceof Error ? exception.cause.message : undefined,
      });
  }
}

const WAYS: readonly [string, number][] = [
  ['value', 200],
  ['promise', 200],
  ['observable', 200],
  ['nothing', 204],
  ['redirect', 302],
  ['dynamic-redirect', 303],
  ['res-redirect', 302],
  ['res-json', 201],
  ['passthrough', 200],
  ['res-stream', 200],
  ['file', 200],
  ['sse', 200],
  ['throw', 418],
];

const sessionCookies = (setCookies: readonly string[]): readonly string[] =>
  setCookies.filter((cookie) => cookie.startsWith('connect.sid='));

const start = (store: ScriptedStore, metadata: ModuleMetadata = {}, configure?: Configure) =>
  startApp({ store }, { controllers: [WaysController], ...metadata }, configure);

describe.each(WAYS)('an answer by /%s', (way, status) => {
  it('leaves only once the session is stored, and carries its cookie', async () => {
    const store = new ScriptedStore();
    const app = await start(store);
    const create = store.pause('create');
    let hasAnswered = false;
    const answer = app
      .browser()
      .get(`/${way}`)
      .then((received) => {
        hasAnswered = true;
        return received;
      });
    await create.arrived;
    expect(hasAnswered).toBe(false);
    create.resolve();
    const { status: received, setCookies, body, text } = await answer;
    expect(received).toBe(status);
    expect(sessionCookies(setCookies)).toHaveLength(1);
    if (way === 'sse') expect(text).toMatch(/data: first\n.*data: second\n/s);
    else if (status < 300 && status !== 204) expect(body).toEqual({ text: TEXT });
  });

  it.each([
    [
      'APP_FILTER',
      (store: ScriptedStore) =>
        start(store, { providers: [{ provide: APP_FILTER, useClass: ShapeFilter }] }),
    ],
    [
      'useGlobalFilters',
      (store: ScriptedStore) =>
        start(store, {}, (app) => void app.useGlobalFilters(new ShapeFilter())),
    ],
  ])('is a 503 in the shape of the filter by %s when storing fails', async (_by, startWith) => {
    const store = new ScriptedStore();
    store.break('create');
    const app = await startWith(store);
    const { status: received, body, headers, setCookies } = await app.browser().get(`/${way}`);
    expect(received).toBe(503);
    expect(body).toEqual({
      shape: 'ours',
      path: `/${way}`,
      message: 'Sessions are unavailable at the moment. Try again shortly.',
      cause: expect.stringContaining('The session store could not create the session'),
    });
    expect(sessionCookies(setCookies)).toEqual([]);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('retry-after')).toBe('1');
    for (const gone of ['location', 'content-disposition', 'content-encoding', 'cache-control']) {
      expect(headers.get(gone)).toBeNull();
    }
  });

  it('passes through compression whole, with its cookie', async () => {
    const app = await start(new ScriptedStore(), {}, (nest) => {
      nest.use(compression({ threshold: 0 }));
    });
    const { status: received, body, headers, setCookies } = await app.browser().get(`/${way}`);
    expect(received).toBe(status);
    expect(sessionCookies(setCookies)).toHaveLength(1);
    if (status >= 300 || status === 204 || way === 'sse') return;
    expect(headers.get('content-encoding')).toMatch(/gzip|deflate|br/);
    expect(body).toEqual({ text: TEXT });
  });

  it('is a 503 through compression, too, when storing fails', async () => {
    const store = new ScriptedStore();
    store.break('create');
    const app = await start(store, {}, (nest) => {
      nest.use(compression({ threshold: 0 }));
      nest.useGlobalFilters(new ShapeFilter());
    });
    const { status: received, body, setCookies } = await app.browser().get(`/${way}`);
    expect(received).toBe(503);
    expect(body).toMatchObject({ shape: 'ours' });
    expect(sessionCookies(setCookies)).toEqual([]);
  });
});

it.each([
  ['alone', () => undefined],
  ['through compression', (app: INestApplication) => void app.use(compression())],
])('a stream longer than any buffer is held, and then goes on: %s', async (_how, configure) => {
  const chunk = 'a chunk of the stream '.repeat(2_000);

  @Controller()
  class StreamController {
    @Get('stream')
    stream(@Session() session: Session): StreamableFile {
      session.count = 1;
      return new StreamableFile(Readable.from(chunks()), { type: 'text/plain' });
    }
  }
  const isWellUnderWay = deferred();
  const chunks = function* (): Iterable<string> {
    for (let index = 0; index < 40; index += 1) {
      if (index === 5) isWellUnderWay.resolve();
      yield chunk;
    }
  };
  const store = new ScriptedStore();
  const app = await startApp({ store }, { controllers: [StreamController] }, configure);
  const create = store.pause('create');
  const answer = app.browser().get('/stream');
  await isWellUnderWay.promise;
  create.resolve();
  const { text, setCookies } = await answer;
  expect(text).toBe(chunk.repeat(40));
  expect(sessionCookies(setCookies)).toHaveLength(1);
});

it("a response is a 503 in Nest's own shape when the application has no filter", async () => {
  const store = new ScriptedStore();
  store.break('create');
  const app = await start(store);
  const { status, body } = await app.browser().get('/value');
  expect(status).toBe(503);
  expect(body).toEqual({
    statusCode: 503,
    error: 'Service Unavailable',
    message: 'Sessions are unavailable at the moment. Try again shortly.',
  });
});

it("a handler that stores the session itself gets a 503 in the filter's shape when that fails", async () => {
  @Controller()
  class SavingController {
    constructor(private readonly sessions: SessionService) {}

    @Get('saved')
    @UseFilters(ShapeFilter)
    async saved(@Session() session: Session): Promise<string> {
      session.count = 1;
      await this.sessions.save();
      return 'saved';
    }
  }
  const store = new ScriptedStore();
  const app = await startApp({ store }, { controllers: [SavingController] });
  store.break('create');
  const { status, body, headers, setCookies } = await app.browser().get('/saved');
  expect(status).toBe(503);
  expect(body).toMatchObject({ shape: 'ours', path: '/saved' });
  expect(headers.get('retry-after')).toBe('1');
  expect(setCookies).toEqual([]);
});

it("a response is a 503 in the filter's shape when the session cannot even be read", async () => {
  const store = new ScriptedStore();
  const app = await start(store, { providers: [{ provide: APP_FILTER, useClass: ShapeFilter }] });
  const browser = app.browser();
  await browser.get('/value');
  store.break('read');
  const { status, body, setCookies } = await browser.get('/value');
  expect(status).toBe(503);
  expect(body).toMatchObject({ shape: 'ours', path: '/value' });
  expect(setCookies).toEqual([]);
  store.mend();
  expect((await browser.get('/value')).status).toBe(200);
});

it('the previous session is kept when a write fails', async () => {
  const store = new ScriptedStore();
  @Controller()
  class CountController {
    @Get('count')
    count(@Session() session: Session): number {
      return (session.count = (session.count ?? 0) + 1);
    }
  }
  const app = await startApp({ store }, { controllers: [CountController] });
  const browser = app.browser();
  await browser.get('/count');
  store.break('replace');
  expect((await browser.get('/count')).status).toBe(503);
  store.mend();
  expect((await browser.get('/count')).body).toBe(2);
});

it('the headers of a redirect are held for as long as a slow store takes', async () => {
  class SlowStore extends MemorySessionStore {
    hasWritten = false;

    override async create(key: string, record: StoredRecord): Promise<Written | 'taken'> {
      await delay(300);
      const answer = await super.create(key, record);
      this.hasWritten = true;
      return answer;
    }
  }
  const store = new SlowStore();
  const app = await startApp({ store }, { controllers: [WaysController] });
  const response = await fetch(`${app.origin}/redirect`, { redirect: 'manual' });
  expect(store.hasWritten).toBe(true); // fetch resolves when the headers are there
  expect(response.status).toBe(302);
  expect(response.headers.get('location')).toBe('/elsewhere');
  expect(sessionCookies(response.headers.getSetCookie())).toHaveLength(1);
});
