import '../../support/session-data.js';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import {
  AuthenticatedGuard,
  Public,
  RequireFresh,
  Session,
  SessionService,
  UserId,
} from 'nestjs-sesame';
import type {
  LoginOptions,
  RegenerateOptions,
  SessionEvent,
  SessionModuleOptions,
  SessionSummary,
} from 'nestjs-sesame';
import type { TrustProxy } from '../../support/applications/http-platform.js';
import { startApp } from '../../support/applications/nest-app.js';
import type { TestApp } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { deferred } from '../../support/deferred.js';
import type { Deferred } from '../../support/deferred.js';

interface Attributes {
  count?: number;
  label?: string;
  items?: string[];
}

type SignIn = LoginOptions & {
  user: string;
  set?: Attributes;
  after?: Attributes;
  maxAge?: number;
  /** Answers 202 when login() rejects. */
  caught?: boolean;
};

/** What slow requests wait for. */
export interface Slowness {
  readonly begun: Deferred;
  readonly mayEnd: Deferred;
}

let slow: Slowness;

@Controller()
@UseGuards(AuthenticatedGuard)
class DevicesController {
  constructor(private readonly sessions: SessionService) {}

  @Get('me')
  me(@UserId() user: string, @Session() session: Session): object {
    const { cookie: _cookie, ...attributes } = { ...session };
    return { user, ...attributes };
  }

  @Public()
  @Get('open')
  open(@Session() session: Session): object {
    const { cookie: _cookie, ...attributes } = { ...session };
    return { user: this.sessions.userId, ...attributes };
  }

  @Public()
  @Post('login')
  async login(
    @Session() session: Session,
    @Res({ passthrough: true }) response: Response,
    @Body() { user, set, after, maxAge, caught, ...options }: SignIn,
  ): Promise<void> {
    Object.assign(session, set);
    try {
      await this.sessions.login(user, options);
    } catch (error) {
      if (caught !== true) throw error;
      response.status(202);
    }
    Object.assign(session, after);
    if (maxAge !== undefined) session.cookie.maxAge = maxAge;
  }

  /** Signs in, and waits before it answers. */
  @Public()
  @Post('slow-login')
  async slowLogin(@Session() session: Session, @Body() { user, after }: SignIn): Promise<void> {
    await this.sessions.login(user);
    Object.assign(session, after);
    slow.begun.resolve();
    await slow.mayEnd.promise;
  }

  @Post('slow')
  async slow(@Session() session: Session, @Body() attributes: Attributes): Promise<string> {
    slow.begun.resolve();
    await slow.mayEnd.promise;
    Object.assign(session, attributes);
    return 'answered';
  }

  @Public()
  @Post('visit')
  visit(@Session() session: Session, @Body() attributes: Attributes): void {
    Object.assign(session, attributes);
  }

  /** As if somebody else had signed the user in. */
  @Public()
  @Post('adopt')
  async adopt(@Session() session: Session, @Body() { user, set }: SignIn): Promise<object> {
    Object.assign(session, set);
    const adopted = await this.sessions.adopt(user);
    return { adopted, user: this.sessions.userId, label: session.label, count: session.count };
  }

  @Public()
  @Get('summary')
  summary(): object {
    return { summary: this.sessions.summary() };
  }

  /** Ends a session by its id, as express-session's users do. */
  @Public()
  @Post('destroy')
  destroy(@Req() request: Request, @Body() { id }: { id: string }): Promise<void> {
    return new Promise((resolve, reject) => {
      request.sessionStore.destroy(id, (error: unknown) => (error ? reject(error) : resolve()));
    });
  }

  /** Keeps the process busy while an answer of the store is on its way. */
  @Post('busy')
  async busy(
    @Session() session: Session,
    @Body() { milliseconds }: { milliseconds: number },
  ): Promise<void> {
    const saving = this.sessions.save();
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
    await saving;
    session.label = 'stored';
  }

  @Post('set')
  set(@Session() session: Session, @Body() attributes: Attributes): void {
    Object.assign(session, attributes);
  }

  @Public()
  @Post('remember')
  remember(@Session() session: Session, @Body() { maxAge }: { maxAge: number }): void {
    session.cookie.maxAge = maxAge;
  }

  @Post('confirm')
  async confirm(): Promise<void> {
    await this.sessions.confirm();
  }

  @RequireFresh('10m')
  @Get('sensitive')
  sensitive(): string {
    return 'done';
  }

  @Public()
  @Post('regenerate')
  async regenerate(@Body('keep') keep: RegenerateOptions['keep'] = 'none'): Promise<void> {
    await this.sessions.regenerate({ keep });
  }

  @Public()
  @Post('update')
  async update(): Promise<number> {
    return this.sessions.update((session) => (session.count = (session.count ?? 0) + 1));
  }

  @Public()
  @Post('logout')
  async logout(): Promise<void> {
    await this.sessions.logout();
  }

  @Get('devices')
  devices(@UserId() user: string): Promise<SessionSummary[]> {
    return this.sessions.list(user);
  }

  @Delete('devices/:handle')
  async end(@UserId() user: string, @Param('handle') handle: string): Promise<object> {
    return { ended: await this.sessions.revoke(user, handle) };
  }

  @Delete('devices')
  async endAll(@UserId() user: string, @Query('except') except?: string): Promise<object> {
    return { ended: await this.sessions.revokeAll(user, { exceptCurrent: except === 'current' }) };
  }

  @Public()
  @Post('end-others')
  async endOthers(@Body() { user }: { user: string }): Promise<object> {
    return { ended: await this.sessions.revokeAll(user, { exceptCurrent: true }) };
  }

  /** Ends the current session and signs in again, all in one request. */
  @Post('end-and-login')
  @HttpCode(200)
  async endAndLogin(@UserId() user: string): Promise<void> {
    await this.sessions.revokeAll(user);
    await this.sessions.login(user);
  }
}

export interface DevicesApp extends TestApp {
  readonly sessions: SessionService;
  readonly events: SessionEvent[];
  /** What `/slow` and `/slow-login` of any application wait for, made anew by every start. */
  readonly slow: Slowness;
  /** A browser with the cookies of another application's browser. */
  browserWith(other: Browser): Browser;
  /** A browser that is signed in. */
  signedIn(user: string, body?: object): Promise<Browser>;
}

export async function startDevicesApp(
  options: Partial<SessionModuleOptions>,
  trustProxy?: TrustProxy,
): Promise<DevicesApp> {
  slow = { begun: deferred(), mayEnd: deferred() };
  const app = await startApp(options, { controllers: [DevicesController] }, undefined, trustProxy);
  const sessions = app.app.get(SessionService);
  const events: SessionEvent[] = [];
  sessions.events.subscribe((event) => events.push(event));
  return {
    ...app,
    sessions,
    events,
    slow,
    browserWith: (other) => other.copy(app.origin),
    signedIn: async (user, body = {}) => {
      const browser = app.browser();
      const { status, text } = await browser.post('/login', { user, ...body });
      if (status !== 201) throw new Error(`the sign-in was answered ${status}: ${text}`);
      return browser;
    },
  };
}

/** What the browser's next request says: the user, or the reason why there is none. */
export async function standing(browser: Browser): Promise<string> {
  const { status, body } = await browser.get('/me');
  if (typeof body !== 'object' || body === null) return String(status);
  const said: unknown = Reflect.get(body, status === 200 ? 'user' : 'reason');
  return typeof said === 'string' ? said : String(status);
}

/** The session id in the browser's cookie. */
export function idOf(browser: Browser): string {
  const cookie = decodeURIComponent(browser.cookie() ?? '');
  return cookie.slice(2, cookie.lastIndexOf('.'));
}

/** A clock that the test moves. */
export function startClock(): { clock: () => number; pass(milliseconds: number): void } {
  let now = Date.now(); // the browser goes by the real clock
  return {
    clock: () => now,
    pass: (milliseconds) => {
      now += milliseconds;
    },
  };
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
