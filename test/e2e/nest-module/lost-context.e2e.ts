import { request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { PassThrough } from 'node:stream';
import { createGzip } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Catch,
  Controller,
  Get,
  ImATeapotException,
  Injectable,
  Module,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import type {
  ArgumentsHost,
  CallHandler,
  CanActivate,
  ExceptionFilter,
  MiddlewareConsumer,
  NestInterceptor,
  NestModule,
  PipeTransform,
} from '@nestjs/common';
import type { RequestHandler, Response } from 'express';
import type { FastifyContentTypeParser, FastifyInstance } from 'fastify';
import fastifyMultipart from '@fastify/multipart';
import fileUpload from 'express-fileupload';
import multer from 'multer';
import { SessionService } from 'nestjs-sesame';
import type { Observable } from 'rxjs';
import { httpPlatform } from '../../support/applications/http-platform.js';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import type { Configure } from '../../support/applications/nest-app.js';
import { platform } from '../../support/applications/platform-differences.js';
import { rawRequest, rawResponse } from '../../support/applications/raw-exchange.js';
import type { PlatformRequest, PlatformResponse } from '../../support/applications/raw-exchange.js';
import type { Browser } from '../../support/browser.js';
import { deferred } from '../../support/deferred.js';

afterEach(closeApps);

// Node emits the events of a request in a context of their own, so what goes on from there, as many body
// parsers do, is not in the context that the session was put into.

/** Who is signed in, in each part of Nest that may ask. */
const found = new Map<string, unknown>();

@Injectable()
class AskingGuard implements CanActivate {
  constructor(private readonly sessions: SessionService) {}

  canActivate(): boolean {
    found.set('guard', this.sessions.userId);
    return true;
  }
}

@Injectable()
class AskingInterceptor implements NestInterceptor {
  constructor(private readonly sessions: SessionService) {}

  intercept(_context: unknown, next: CallHandler): Observable<unknown> {
    found.set('interceptor', this.sessions.userId);
    return next.handle();
  }
}

@Injectable()
class AskingPipe implements PipeTransform {
  constructor(private readonly sessions: SessionService) {}

  transform(value: unknown): unknown {
    found.set('pipe', this.sessions.userId);
    return value;
  }
}

@Catch()
@Injectable()
class AskingFilter implements ExceptionFilter {
  constructor(private readonly sessions: SessionService) {}

  catch(_error: unknown, host: ArgumentsHost): void {
    found.set('filter', this.sessions.userId);
    host.switchToHttp().getResponse<Response>().status(418).send();
  }
}

@Controller()
class UploadController {
  constructor(private readonly sessions: SessionService) {}

  @Post('login/:user')
  async login(@Param('user') user: string): Promise<void> {
    await this.sessions.login(user);
  }

  @Post('upload')
  @UseGuards(AskingGuard)
  @UseInterceptors(AskingInterceptor)
  @UseFilters(AskingFilter)
  async upload(@Query('fail', AskingPipe) fail: string | undefined): Promise<void> {
    found.set('handler', this.sessions.userId);
    this.sessions.current.label = 'uploaded';
    await this.sessions.update((session) => (session.count = (session.count ?? 0) + 1));
    if (fail !== undefined) throw new ImATeapotException();
  }

  /** Reads its body itself. */
  @Post('stream')
  stream(@Req() asked: PlatformRequest): Promise<void> {
    const request = rawRequest(asked);
    arrived?.();
    return new Promise((resolve) => {
      request.on('data', () => found.set('data', this.sessions.userId));
      request.on('end', () => {
        found.set('end', this.sessions.userId);
        resolve();
      });
    });
  }

  /** Listens to the end of its response. */
  @Post('logged')
  logged(@Req() asked: PlatformRequest, @Res({ passthrough: true }) reply: PlatformResponse): void {
    const [request, response] = [rawRequest(asked), rawResponse(reply)];
    arrived?.();
    response.on('finish', () => found.set('finish', this.sessions.userId));
    response.on('close', () => {
      found.set('close', this.sessions.userId);
      closed?.();
    });
    request.on('close', () => found.set('close of the request', this.sessions.userId));
  }

  /** Never answers. */
  @Post('waits')
  waits(@Req() asked: PlatformRequest, @Res() reply: PlatformResponse): void {
    const [request, response] = [rawRequest(asked), rawResponse(reply)];
    request.on('aborted', () => found.set('aborted', this.sessions.userId));
    response.on('close', () => {
      found.set('close', this.sessions.userId);
      closed?.();
    });
    arrived?.();
  }

  @Get('me')
  me(): object {
    const { count, label } = this.sessions.current;
    return { count, label };
  }
}

/** Called when a request has arrived where its body is read. */
let arrived: (() => void) | undefined;
/** Called when a response was closed. */
let closed: (() => void) | undefined;

const passOn: RequestHandler = (_request, _response, next) => next();

/** @param parser what stands before the handler of uploads */
const startWith = (parser: RequestHandler = passOn, configure?: Configure) => {
  @Module({})
  class ParserModule implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      const arriving: RequestHandler = (_request, _response, next) => {
        next();
        arrived?.();
      };
      consumer.apply(arriving, parser).forRoutes('upload');
    }
  }
  found.clear();
  return startApp({}, { imports: [ParserModule], controllers: [UploadController] }, configure);
};

/** An application on Fastify whose bodies go through that parser. */
const startParsing = (install: (fastify: FastifyInstance) => unknown) =>
  startWith(passOn, (app) => install(app.getHttpAdapter().getInstance()));

const parsing = (parser: FastifyContentTypeParser) => () =>
  startParsing((fastify) => fastify.addContentTypeParser(MULTIPART, parser));

/** Leaves the body to the handler. */
const startUnparsed = (configure: Configure = () => undefined) =>
  startWith(passOn, (app) => {
    configure(app);
    if (httpPlatform() === 'express') return;
    const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
    fastify.addContentTypeParser(MULTIPART, (_request, payload, done) => done(null, payload));
  });

const MULTIPART = 'multipart/form-data';
const BOUNDARY = 'a-boundary-of-the-tests';
const HEAD = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n`;
const TAIL = `the rest\r\n--${BOUNDARY}--\r\n`;

/** Sends a file whose second part comes when the first has been waited for. */
async function upload(origin: string, browser: Browser, path: string): Promise<number> {
  const waiting = deferred();
  arrived = waiting.resolve;
  const request = httpRequest(`${origin}${path}`, {
    method: 'POST',
    headers: {
      cookie: `connect.sid=${browser.cookie() ?? ''}`,
      'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    },
  });
  request.write(HEAD);
  await waiting.promise;
  request.write('a part, ');
  request.end(TAIL);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
  });
  await text(response);
  return response.statusCode ?? 0;
}

const OF_EXPRESS: readonly [string, RequestHandler][] = [
  ['multer, in memory', multer().any()],
  ['express-fileupload', fileUpload()],
  ['express-fileupload, in files', fileUpload({ useTempFiles: true, tempFileDir: '/tmp/' })],
  [
    "a listener of the request's end",
    (request, _response, next) => {
      request.on('end', next).resume();
    },
  ],
  [
    "a listener of the request's data",
    (request, _response, next) => {
      request.once('data', () => next());
    },
  ],
  [
    'a stream that the request is piped into',
    (request, _response, next) => {
      request.pipe(new PassThrough()).on('end', next).resume();
    },
  ],
  [
    'a stream that works in another thread',
    (request, _response, next) => {
      request.pipe(createGzip()).on('end', next).resume();
    },
  ],
];

const OF_FASTIFY: readonly [string, () => ReturnType<typeof startWith>][] = [
  [
    '@fastify/multipart',
    () =>
      startParsing((fastify) => fastify.register(fastifyMultipart, { attachFieldsToBody: true })),
  ],
  [
    "Fastify's own parser",
    () =>
      startParsing((fastify) =>
        fastify.addContentTypeParser(MULTIPART, { parseAs: 'buffer' }, (_request, body, done) =>
          done(null, body),
        ),
      ),
  ],
  [
    "a listener of the request's end",
    parsing((_request, payload, done) => void payload.on('end', () => done(null)).resume()),
  ],
  [
    'an asynchronous parser',
    parsing(async (_request: unknown, payload: IncomingMessage) => text(payload)),
  ],
  [
    'a stream that works in another thread',
    parsing((_request, payload, done) => {
      payload
        .pipe(createGzip())
        .on('end', () => done(null))
        .resume();
    }),
  ],
];

const PARSERS =
  httpPlatform() === 'fastify'
    ? OF_FASTIFY
    : OF_EXPRESS.map(([name, parser]) => [name, () => startWith(parser)] as const);

describe.each(PARSERS)('behind %s', (_what, start) => {
  it('SessionService knows the session in every part of Nest, and stores it', async () => {
    const app = await start();
    const ada = app.browser();
    await ada.post('/login/ada');
    expect(await upload(app.origin, ada, '/upload')).toBe(201);
    expect(Object.fromEntries(found)).toEqual({
      guard: 'ada',
      interceptor: 'ada',
      pipe: 'ada',
      handler: 'ada',
    });
    expect((await ada.get('/me')).body).toEqual({ count: 1, label: 'uploaded' });
  });

  it('SessionService knows the session in an exception filter, too', async () => {
    const app = await start();
    const ada = app.browser();
    await ada.post('/login/ada');
    expect(await upload(app.origin, ada, '/upload?fail=1')).toBe(418);
    expect(found.get('filter')).toBe('ada');
  });

  it('the sessions of requests over the same connection are kept apart', async () => {
    const app = await start();
    const [ada, grace] = [app.browser(), app.browser()];
    await Promise.all([ada.post('/login/ada'), grace.post('/login/grace')]);
    for (const [user, browser] of [
      ['ada', ada],
      ['grace', grace],
      ['nobody', app.browser()],
    ] as const) {
      await upload(app.origin, browser, '/upload');
      expect([user, found.get('handler')]).toEqual([user, user === 'nobody' ? undefined : user]);
    }
  });
});

describe('in a handler that reads the body itself', () => {
  it('SessionService knows the session in the listeners of its request', async () => {
    const app = await startUnparsed();
    const ada = app.browser();
    await ada.post('/login/ada');
    expect(await upload(app.origin, ada, '/stream')).toBe(201);
    expect(Object.fromEntries(found)).toEqual({ data: 'ada', end: 'ada' });
  });
});

describe('in a handler that listens to its response', () => {
  it('SessionService knows the session in the listeners of its response', async () => {
    const app = await startUnparsed();
    const ada = app.browser();
    await ada.post('/login/ada');
    const closing = deferred();
    closed = closing.resolve;
    expect(await upload(app.origin, ada, '/logged')).toBe(201);
    await closing.promise;
    expect(Object.fromEntries(found)).toEqual({
      finish: 'ada',
      close: 'ada',
      'close of the request': 'ada',
    });
  });
});

describe('when the client goes away', () => {
  it('SessionService knows the session in the listeners of its request and its response', async () => {
    const app = await startUnparsed();
    const ada = app.browser();
    await ada.post('/login/ada');
    const [waiting, closing] = [deferred(), deferred()];
    [arrived, closed] = [waiting.resolve, closing.resolve];
    const headers = { cookie: `connect.sid=${ada.cookie() ?? ''}` };
    const request = httpRequest(`${app.origin}/waits`, { method: 'POST', headers });
    request.on('error', () => undefined).end();
    await waiting.promise;
    request.destroy();
    await closing.promise;
    expect(Object.fromEntries(found)).toEqual({ aborted: 'ada', close: 'ada' });
  });
});

describe('an event without listeners', () => {
  it('throws if it is an error, and returns false otherwise, as without sessions', async () => {
    const answers: unknown[] = [];
    const app = await startWith((request, response, next) => {
      for (const emitter of platform.leavesResponseErrors ? [request, response] : [request]) {
        expect(() => emitter.emit('error', new Error('unheard'))).toThrow('unheard');
        answers.push(emitter.emit('unheard'));
      }
      next();
    });
    expect((await app.browser().post('/upload', {})).status).toBe(201);
    expect(new Set(answers)).toEqual(new Set([false]));
  });

  it('reaches an emit() that somebody has put in place of the original', async () => {
    const seen: unknown[] = [];
    const answered = deferred();
    const app = await startApp({}, { controllers: [UploadController] }, (nest) => {
      nest.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
        const { emit } = request;
        request.emit = (event: string, ...args: unknown[]) => {
          seen.push(event);
          return emit.call(request, event, ...args);
        };
        response.once('finish', () => {
          request.emit('unheard');
          answered.resolve();
        });
        next();
      });
    });
    await app.browser().post('/upload', {});
    await answered.promise;
    expect(seen).toContain('unheard');
  });
});

describe('a request whose emit() somebody has replaced', () => {
  it('still calls the replacement', async () => {
    const seen: unknown[] = [];
    const app = await startUnparsed((nest) => {
      nest.use((request: IncomingMessage, _response: ServerResponse, next: () => void) => {
        const { emit } = request;
        request.emit = (event: string, ...args: unknown[]) => {
          seen.push(event);
          return emit.call(request, event, ...args);
        };
        next();
      });
    });
    const ada = app.browser();
    await ada.post('/login/ada');
    expect(await upload(app.origin, ada, '/stream')).toBe(201);
    expect(Object.fromEntries(found)).toEqual({ data: 'ada', end: 'ada' });
    expect(seen).toEqual(expect.arrayContaining(['data', 'end']));
  });
});
