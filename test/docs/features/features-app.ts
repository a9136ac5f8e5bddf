import '../../support/session-data.js';
import { Body, Controller, Get, HttpCode, Post, UseGuards } from '@nestjs/common';
import {
  AuthenticatedGuard,
  CurrentUser,
  NoTouch,
  RequireFresh,
  Session,
  SessionService,
} from 'nestjs-sesame';
import type { LoginOptions, SessionModuleOptions, SessionUser } from 'nestjs-sesame';
import { startApp } from '../../support/applications/nest-app.js';
import type { TestApp } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';

export type AnyStore = NonNullable<SessionModuleOptions['store']>;

@Controller()
class FeaturesController {
  constructor(private readonly sessions: SessionService) {}

  @Post('login')
  async login(@Body() options: LoginOptions): Promise<void> {
    await this.sessions.login('ada', options);
  }

  @Post('adopt')
  async adopt(@Session() session: Session): Promise<boolean> {
    session.label = 'signed in by others';
    await this.sessions.save();
    return this.sessions.adopt('ada');
  }

  @Post('confirm')
  confirm(): Promise<void> {
    return this.sessions.confirm();
  }

  @Post('regenerate')
  regenerate(): Promise<void> {
    return this.sessions.regenerate();
  }

  @Post('logout')
  logout(): Promise<void> {
    return this.sessions.logout();
  }

  @Post('label')
  label(@Session() session: Session, @Body('label') label: string): void {
    session.label = label;
  }

  @Post('count')
  count(): Promise<number> {
    return this.sessions.update((session) => (session.count = (session.count ?? 0) + 1));
  }

  @Get('me')
  @UseGuards(AuthenticatedGuard)
  me(@Session() session: Session): object {
    const { userId } = this.sessions;
    return { userId, label: session.label, count: session.count };
  }

  @Get('user')
  user(@CurrentUser() user: SessionUser): SessionUser {
    return user;
  }

  @Get('fresh')
  @UseGuards(AuthenticatedGuard)
  @RequireFresh('10m')
  @NoTouch()
  fresh(): object {
    return {};
  }

  @Get('ends')
  @NoTouch()
  ends(): object {
    return { expiresAt: this.sessions.summary()?.expiresAt };
  }

  @Get('devices')
  async devices(): Promise<number> {
    return (await this.sessions.list('ada')).length;
  }

  @Post('end-all')
  @HttpCode(200)
  endAll(): Promise<number> {
    return this.sessions.revokeAll('ada');
  }
}

/** Starts an application in which all of them can be tried. */
export const start = (options: Partial<SessionModuleOptions>): Promise<TestApp> =>
  startApp(options, { controllers: [FeaturesController] });

export async function signedIn(app: TestApp, options: object = {}): Promise<Browser> {
  const browser = app.browser();
  const { status, body } = await browser.post('/login', options);
  if (status !== 201) throw new Error(`The sign-in was answered with ${status}: ${String(body)}`);
  return browser;
}

/** The status that a page is answered with. */
export const statusOf = async (browser: Browser, path: string): Promise<number> =>
  (await browser.get(path)).status;
