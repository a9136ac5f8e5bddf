import '../../support/session-data.js';
import { expect } from '@jest/globals';
import { Body, Controller, Get, HttpCode, Post, UseGuards } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import type { Request } from 'express';
import {
  AuthenticatedGuard,
  Public,
  RequireFresh,
  Session,
  SessionService,
  UserId,
} from 'nestjs-sesame';
import type { LoginOptions, RegenerateOptions, SessionModuleOptions } from 'nestjs-sesame';
import { lastValueFrom, of } from 'rxjs';
import { startApp } from '../../support/applications/nest-app.js';
import type { TestApp } from '../../support/applications/nest-app.js';
import type { Answer, Browser } from '../../support/browser.js';
import { deferred } from '../../support/deferred.js';
import type { Deferred } from '../../support/deferred.js';

interface Attributes {
  count?: number;
  label?: string;
  items?: string[];
}

type SignIn = LoginOptions & { readonly user: string; readonly set?: Attributes };

@Controller()
@UseGuards(AuthenticatedGuard)
class CrossingController {
  constructor(private readonly sessions: SessionService) {}

  /** What anybody sees of the session. */
  @Public()
  @Get('open')
  open(@Session() session: Session): object {
    const { cookie: _cookie, ...attributes } = { ...session };
    return { user: this.sessions.userId, ...attributes };
  }

  @Get('me')
  me(@UserId() user: string): object {
    return { user };
  }

  @RequireFresh('10m')
  @Get('sensitive')
  sensitive(): string {
    return 'done';
  }

  @Public()
  @Post('set')
  @HttpCode(200)
  set(@Session() session: Session, @Body() attributes: Attributes): void {
    Object.assign(session, attributes);
  }

  @Public()
  @Post('update')
  @HttpCode(200)
  update(): Promise<number> {
    return this.sessions.update((session) => (session.count = (session.count ?? 0) + 1));
  }

  @Public()
  @Post('save')
  @HttpCode(200)
  async save(@Session() session: Session, @Body() attributes: Attributes): Promise<void> {
    Object.assign(session, attributes);
    await this.sessions.save();
  }

  @Public()
  @Post('login')
  @HttpCode(200)
  async login(
    @Session() session: Session,
    @Body() { user, set, ...options }: SignIn,
  ): Promise<object> {
    Object.assign(session, set);
    await this.sessions.login(user, options);
    return { user: this.sessions.userId };
  }

  @Public()
  @Post('confirm')
  @HttpCode(200)
  async confirm(): Promise<void> {
    await this.sessions.confirm();
  }

  @Public()
  @Post('regenerate')
  @HttpCode(200)
  async regenerate(@Body('keep') keep: RegenerateOptions['keep'] = 'none'): Promise<void> {
    await this.sessions.regenerate({ keep });
  }

  @Public()
  @Post('logout')
  @HttpCode(200)
  async logout(): Promise<void> {
    await this.sessions.logout();
  }

  @Public()
  @Post('revoke-others')
  @HttpCode(200)
  revokeOthers(@Body() { user }: { user: string }): Promise<number> {
    return this.sessions.revokeAll(user, { exceptCurrent: true });
  }

  @Get('devices')
  devices(@UserId() user: string): Promise<object> {
    return this.sessions.list(user);
  }
}

/** A request whose session has been loaded, and whose handler has not begun, or has come to its end. */
export interface RequestUnderWay {
  /** Lets the handler run, or the answer leave. */
  finish(): Promise<Answer>;
}

interface Hold {
  readonly begun: Deferred;
  readonly mayGoOn: Deferred;
}

/** Where a request is held: before its handler, or after it. */
const [BEFORE, AFTER] = ['x-hold-before', 'x-hold-after'] as const;
const holds = new Map<string, Hold>();

export interface CrossingApp extends TestApp {
  readonly sessions: SessionService;
  /**
   * Sends a request, a GET if it has no body, which goes no further than to its handler before it is
   * told to.
   */
  underWay(browser: Browser, path: string, body?: object): Promise<RequestUnderWay>;
  /** The same for a request whose handler has done its work, but is not through yet. */
  nearlyDone(browser: Browser, path: string, body?: object): Promise<RequestUnderWay>;
}

export async function startCrossingApp(
  options: Partial<SessionModuleOptions>,
): Promise<CrossingApp> {
  const started = await startApp(options, { controllers: [CrossingController] }, holdBack);
  return {
    ...started,
    sessions: started.app.get(SessionService),
    underWay: (...request) => held(BEFORE, ...request),
    nearlyDone: (...request) => held(AFTER, ...request),
  };
}

async function held(
  where: typeof BEFORE | typeof AFTER,
  browser: Browser,
  path: string,
  body?: object,
): Promise<RequestUnderWay> {
  const name = String(holds.size);
  const hold = { begun: deferred(), mayGoOn: deferred() };
  holds.set(name, hold);
  const headers = { 'content-type': 'application/json', [where]: name };
  const method = body === undefined ? 'GET' : 'POST';
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  // A copy: the test looks at the cookie of the answer, and the browser keeps its own.
  const answer = browser.copy().send(path, init);
  await Promise.race([hold.begun.promise, answer]);
  return {
    finish: () => {
      hold.mayGoOn.resolve();
      return answer;
    },
  };
}

/** Holds a request back if it asks for that. */
function holdBack(app: INestApplication): void {
  app.useGlobalInterceptors({
    async intercept(context, next) {
      const request = context.switchToHttp().getRequest<Request>();
      const passed = async (where: string): Promise<void> => {
        const hold = holds.get(String(request.headers[where]));
        hold?.begun.resolve();
        await hold?.mayGoOn.promise;
      };
      await passed(BEFORE);
      const answer: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
      await passed(AFTER);
      return of(answer);
    },
  });
}

/** The session id in the browser's cookie. */
export function idOf(browser: Browser): string {
  return idIn(browser.cookie());
}

/** The session id that an answer sets; `undefined` when it sets none. */
export function idGivenBy({ setCookies }: Answer): string | undefined {
  const [pair] = setCookies[0]?.split(';') ?? [];
  return pair === undefined ? undefined : idIn(pair.slice(pair.indexOf('=') + 1));
}

function idIn(value = ''): string {
  const signed = decodeURIComponent(value);
  return signed.slice(2, signed.lastIndexOf('.'));
}

/** Who is signed in with the browser's cookie, and what the session holds. */
export async function seenBy(browser: Browser): Promise<unknown> {
  const { status, body } = await browser.get('/open');
  return status === 200 ? body : status;
}

/** The answer to whoever asks for something on a session that has another id by now. */
export const ROTATED = {
  statusCode: 409,
  error: 'Conflict',
  message: expect.any(String),
  reason: 'rotated',
};
