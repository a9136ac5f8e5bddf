import '../../support/session-data.js';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Catch,
  Controller,
  ForbiddenException,
  Get,
  HttpException,
  Injectable,
  Module,
  Param,
  ParseIntPipe,
  Post,
  Req,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import type {
  ArgumentsHost,
  CallHandler,
  CanActivate,
  ExceptionFilter,
  ExecutionContext,
  MiddlewareConsumer,
  NestInterceptor,
  NestModule,
  PipeTransform,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import type { NextFunction, Request, Response } from 'express';
import { EventEmitter } from 'node:events';
import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises';
import { map, of, switchMap, throwError, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import { Session, SessionModule, SessionService, UserId } from 'nestjs-sesame';
import { closeApps, SECRET, startApp, startModule } from '../../support/applications/nest-app.js';
import { deferred } from '../../support/deferred.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

afterEach(closeApps);

declare module 'express-session' {
  interface SessionData {
    /** The steps of Nest's pipeline that met the session. */
    pipelineTrail?: string[];
  }
}

/** Leaves a mark in the session of whatever request runs. */
@Injectable()
class Trail {
  constructor(private readonly sessions: SessionService) {}

  mark(step: string): void {
    const { current } = this.sessions;
    current.pipelineTrail = [...(current.pipelineTrail ?? []), step];
  }
}

@Injectable()
class TrailGuard implements CanActivate {
  constructor(private readonly trail: Trail) {}

  canActivate(): boolean {
    this.trail.mark('guard');
    return true;
  }
}

@Injectable()
class TrailInterceptor implements NestInterceptor {
  constructor(private readonly trail: Trail) {}

  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    this.trail.mark('interceptor before');
    return next.handle().pipe(
      switchMap(async (value: unknown) => Promise.resolve(value)),
      map((value: unknown) => {
        this.trail.mark('interceptor after');
        return value;
      }),
    );
  }
}

@Injectable()
class TrailPipe implements PipeTransform {
  constructor(private readonly trail: Trail) {}

  transform(value: unknown): unknown {
    this.trail.mark('pipe');
    return value;
  }
}

@Catch(HttpException)
class TrailFilter implements ExceptionFilter<HttpException> {
  constructor(private readonly trail: Trail) {}

  catch(exception: HttpException, host: ArgumentsHost): void {
    this.trail.mark('filter');
    host
      .switchToHttp()
      .getResponse<Response>()
      .status(exception.getStatus())
      .send({ shape: 'trail' });
  }
}

@Controller()
class TrailController {
  constructor(private readonly trail: Trail) {}

  @Post('walk/:way')
  walk(@Param('way') way: string): string {
    this.trail.mark('handler');
    if (way === 'badly') throw new HttpException('badly', 418);
    return way;
  }
}

@Controller('trail')
class ReadController {
  @Get()
  read(@Session('pipelineTrail') trail: string[] | undefined): string[] {
    return trail ?? [];
  }
}

describe('the session', () => {
  it('is available in middleware, guards, interceptors, pipes and filters of the application', async () => {
    @Module({
      controllers: [TrailController],
      providers: [
        Trail,
        { provide: APP_GUARD, useClass: TrailGuard },
        { provide: APP_INTERCEPTOR, useClass: TrailInterceptor },
        { provide: APP_PIPE, useClass: TrailPipe },
        { provide: APP_FILTER, useClass: TrailFilter },
      ],
    })
    class AppModule implements NestModule {
      constructor(private readonly trail: Trail) {}

      configure(consumer: MiddlewareConsumer): void {
        const middleware = (_request: Request, _response: Response, next: NextFunction): void => {
          this.trail.mark('middleware');
          next();
        };
        consumer.apply(middleware).forRoutes('walk/{*path}');
      }
    }
    const store = new ScriptedStore();
    const seen: unknown[] = [];
    const app = await startApp({ store }, { imports: [AppModule] }, (nest) => {
      nest.get(SessionService).events.subscribe(({ type }) => seen.push(type));
    });
    const browser = app.browser();
    const { status, body } = await browser.post('/walk/badly');
    expect([status, body]).toEqual([418, { shape: 'trail' }]);
    expect(store.calls).toEqual(['create']);
    expect(seen).toEqual(['created']);
    await browser.post('/walk/well');
    const reader = await startApp({ store }, { controllers: [ReadController] });
    const cookie = `connect.sid=${browser.cookie() ?? ''}`;
    expect((await reader.browser().get('/trail', { headers: { cookie } })).body).toEqual([
      'middleware',
      'guard',
      'interceptor before',
      'pipe',
      'handler',
      'filter',
      'middleware',
      'guard',
      'interceptor before',
      'pipe',
      'handler',
      'interceptor after',
    ]);
  });
});

describe('a request that fails after it changed its session', () => {
  @Injectable()
  class RejectingGuard implements CanActivate {
    constructor(private readonly sessions: SessionService) {}

    canActivate(): boolean {
      this.sessions.current.label = 'guard';
      return false;
    }
  }

  @Injectable()
  class ThrowingGuard extends RejectingGuard {
    override canActivate(): boolean {
      super.canActivate();
      throw new ForbiddenException('not you');
    }
  }

  @Injectable()
  class RejectingInterceptor implements NestInterceptor {
    constructor(private readonly sessions: SessionService) {}

    intercept(): Observable<unknown> {
      this.sessions.current.label = 'interceptor';
      return throwError(() => new HttpException('no', 409));
    }
  }

  @Injectable()
  class RejectingPipe implements PipeTransform {
    constructor(private readonly sessions: SessionService) {}

    transform(): never {
      this.sessions.current.label = 'pipe';
      throw new HttpException('no', 422);
    }
  }

  @Catch()
  class LateFilter implements ExceptionFilter {
    constructor(private readonly sessions: SessionService) {}

    async catch(_exception: unknown, host: ArgumentsHost): Promise<void> {
      await immediate();
      this.sessions.current.label = 'filter';
      host.switchToHttp().getResponse<Response>().status(400).send();
    }
  }

  @Controller()
  class FailingController {
    @Get('guard')
    @UseGuards(RejectingGuard)
    guard(): void {}

    @Get('throwing-guard')
    @UseGuards(ThrowingGuard)
    throwingGuard(): void {}

    @Get('interceptor')
    @UseInterceptors(RejectingInterceptor)
    interceptor(): void {}

    @Get('pipe/:value')
    @UsePipes(RejectingPipe)
    pipe(@Param('value') value: string): string {
      return value;
    }

    @Get('parse/:value')
    parse(@Session() session: Session, @Param('value', ParseIntPipe) value: number): void {
      session.count = value;
    }

    @Get('http')
    http(@Session() session: Session): void {
      session.label = 'http';
      throw new HttpException('a teapot', 418);
    }

    @Get('error')
    async error(@Session() session: Session): Promise<void> {
      session.label = 'error';
      await immediate();
      throw new Error('a bug');
    }

    @Get('stream')
    stream(@Session() session: Session): Observable<never> {
      session.label = 'stream';
      return throwError(() => new HttpException('no', 410));
    }

    @Get('filter')
    @UseFilters(LateFilter)
    filter(): void {
      throw new Error('a bug');
    }

    @Get('label')
    label(@Session('label') label: string | undefined): object {
      return { label };
    }
  }

  it.each([
    ['guard', 403, 'guard'],
    ['throwing-guard', 403, 'guard'],
    ['interceptor', 409, 'interceptor'],
    ['pipe/1', 422, 'pipe'],
    ['http', 418, 'http'],
    ['error', 500, 'error'],
    ['stream', 410, 'stream'],
    ['filter', 400, 'filter'],
  ])('by /%s keeps status %d and stores the change', async (path, status, label) => {
    const app = await startApp({}, { controllers: [FailingController] });
    const browser = app.browser();
    const answer = await browser.get(`/${path}`);
    expect(answer.status).toBe(status);
    expect(answer.setCookies).toHaveLength(1);
    expect((await browser.get('/label')).body).toEqual({ label });
  });

  it('is a 503 when the change cannot be stored, whatever made it fail', async () => {
    const store = new ScriptedStore();
    store.break('create');
    const app = await startApp({ store }, { controllers: [FailingController] });
    const { status, setCookies } = await app.browser().get('/guard');
    expect(status).toBe(503);
    expect(setCookies).toEqual([]);
  });

  it('stores nothing if nothing was changed', async () => {
    const store = new ScriptedStore();
    const app = await startApp({ store }, { controllers: [FailingController] });
    const { status, setCookies } = await app.browser().get('/parse/none');
    expect([status, setCookies]).toEqual([400, []]);
    expect(store.calls).toEqual([]);
  });
});

describe('SessionService, a singleton, finds the session of the request', () => {
  @Injectable({ scope: Scope.REQUEST })
  class PerRequest {
    constructor(readonly sessions: SessionService) {}
  }

  const emitter = new EventEmitter();

  @Injectable()
  class Deep {
    constructor(private readonly sessions: SessionService) {}

    label(): string | undefined {
      return this.sessions.current.label;
    }

    async after(way: string): Promise<string | undefined> {
      switch (way) {
        case 'await':
          await Promise.all([delay(1), immediate()]);
          return this.label();
        case 'setTimeout':
          return new Promise((resolve) => setTimeout(() => resolve(this.label()), 1));
        case 'nextTick':
          return new Promise((resolve) => process.nextTick(() => resolve(this.label())));
        case 'microtask':
          return new Promise((resolve) => queueMicrotask(() => resolve(this.label())));
        case 'event':
          return new Promise((resolve) => {
            emitter.once('asked', () => resolve(this.label()));
            emitter.emit('asked');
          });
        default: {
          const steps = [1, 2, 3];
          for (const step of steps) await delay(step);
          return (async () => Promise.resolve().then(() => this.label()))();
        }
      }
    }
  }

  @Controller()
  class DeepController {
    constructor(
      private readonly deep: Deep,
      private readonly sessions: SessionService,
    ) {}

    @Post('label/:label')
    set(@Param('label') label: string): void {
      this.sessions.current.label = label;
    }

    @Get('after/:way')
    async after(@Param('way') way: string): Promise<object> {
      return { label: await this.deep.after(way) };
    }

    @Get('observed')
    observed(): Observable<object> {
      return timer(1).pipe(
        switchMap(() => of(this.deep.label())),
        map((label) => ({ label })),
      );
    }
  }

  @Controller('request-scoped')
  class ScopedController {
    constructor(private readonly scoped: PerRequest) {}

    @Get()
    label(@Req() request: Request): object {
      const { current } = this.scoped.sessions;
      return { label: current.label, isSame: current === request.session };
    }
  }

  const start = async () =>
    startApp(
      {},
      { controllers: [DeepController, ScopedController], providers: [Deep, PerRequest] },
    );

  it.each(['await', 'setTimeout', 'nextTick', 'microtask', 'event', 'deep'])(
    'after %s, separately for each parallel request',
    async (way) => {
      const app = await start();
      const browsers = Array.from({ length: 8 }, () => app.browser());
      await Promise.all(browsers.map((browser, index) => browser.post(`/label/of-${index}`)));
      const answers = await Promise.all(browsers.map((browser) => browser.get(`/after/${way}`)));
      expect(answers.map(({ body }) => body)).toEqual(
        browsers.map((_browser, index) => ({ label: `of-${index}` })),
      );
    },
  );

  it('in an observable, and from a request-scoped provider', async () => {
    const browser = (await start()).browser();
    await browser.post('/label/mine');
    expect((await browser.get('/observed')).body).toEqual({ label: 'mine' });
    expect((await browser.get('/request-scoped')).body).toEqual({ label: 'mine', isSame: true });
  });

  it('in code that a request leaves running after its response has left', async () => {
    const left = deferred<string | undefined>();
    const mayGoOn = deferred();

    @Controller()
    class LeavingController {
      constructor(private readonly sessions: SessionService) {}

      @Post('leave')
      leave(@Session() session: Session): void {
        session.label = 'left';
        void mayGoOn.promise.then(async () => {
          this.sessions.current.count = 7;
          await this.sessions.save();
          left.resolve(this.sessions.current.label);
        });
      }

      @Get('count')
      count(@Session('count') count: number | undefined): object {
        return { count };
      }
    }

    const app = await startApp({}, { controllers: [LeavingController] });
    const browser = app.browser();
    await browser.post('/leave');
    mayGoOn.resolve();
    expect(await left.promise).toBe('left');
    expect((await browser.get('/count')).body).toEqual({ count: 7 });
  });
});

describe('two applications in one process', () => {
  @Injectable()
  class Other {
    readonly origins: string[] = [];
  }

  @Controller()
  class TwinController {
    constructor(
      private readonly sessions: SessionService,
      private readonly other: Other,
    ) {}

    @Post('login/:user')
    async login(@Param('user') user: string): Promise<void> {
      await this.sessions.login(user);
    }

    @Get('who')
    who(@UserId() userId: string | undefined): object {
      return { userId, service: this.sessions.userId };
    }

    /** Asks the other application while this one's request is under way. */
    @Get('both')
    async both(): Promise<object> {
      const theirs = await fetch(`${this.other.origins[0] ?? ''}/who`);
      return { mine: this.sessions.userId, theirs: await theirs.json() };
    }
  }

  const start = (name: string, secret = SECRET) =>
    startModule({
      imports: [SessionModule.forRoot({ secret, name })],
      controllers: [TwinController],
      providers: [Other],
    });

  it('each have their own sessions and store', async () => {
    const [one, two] = await Promise.all([start('one.sid'), start('two.sid')]);
    one.app.get(Other).origins.push(two.origin);
    const ada = one.browser();
    const grace = two.browser();
    await Promise.all([ada.post('/login/ada'), grace.post('/login/grace')]);
    expect((await ada.get('/who')).body).toEqual({ userId: 'ada', service: 'ada' });
    expect((await grace.get('/who')).body).toEqual({ userId: 'grace', service: 'grace' });
    expect((await ada.get('/both')).body).toEqual({ mine: 'ada', theirs: {} });
    const cookie = `two.sid=${ada.cookie('one.sid') ?? ''}`;
    expect((await two.browser().get('/who', { headers: { cookie } })).body).toEqual({});
  });

  it('each have their own service, which knows only their own requests', async () => {
    const one = await start('one.sid');
    const failures: unknown[] = [];

    @Controller()
    class StrangerController {
      @Get('stranger')
      stranger(): object {
        try {
          return { userId: one.app.get(SessionService).userId };
        } catch (error) {
          failures.push(error);
          return {};
        }
      }
    }

    const two = await startApp({}, { controllers: [StrangerController] });
    await two.browser().get('/stranger');
    expect(failures).toEqual([expect.objectContaining({ name: 'SessionUnavailableException' })]);
  });
});
