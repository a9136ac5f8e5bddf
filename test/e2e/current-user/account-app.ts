import '../../support/session-data.js';
import { Body, Controller, Get, HttpException, Param, Post, UseGuards } from '@nestjs/common';
import { AuthenticatedGuard, CurrentUser, SessionService, UserId } from 'nestjs-sesame';
import type { SessionEvent, SessionModuleOptions } from 'nestjs-sesame';
import { startApp } from '../../support/applications/nest-app.js';
import type { TestApp } from '../../support/applications/nest-app.js';
import { Users } from '../../support/applications/users.js';
import type { User } from '../../support/applications/users.js';
import type { Browser } from '../../support/browser.js';

type Name = string | undefined;

@Controller()
export class AccountController {
  constructor(
    private readonly sessions: SessionService,
    private readonly users: Users,
  ) {}

  @Post('login/:user')
  async login(@Param('user') user: string): Promise<void> {
    await this.sessions.login(user);
  }

  @Post('cart')
  cart(): void {
    this.sessions.current.items = ['tea'];
  }

  @Get('guarded')
  @UseGuards(AuthenticatedGuard)
  guarded(@CurrentUser() user: User): User {
    return user;
  }

  @Get('never-asks')
  @UseGuards(AuthenticatedGuard)
  neverAsks(@UserId() userId: string): { userId: string } {
    return { userId };
  }

  @Get('open')
  open(@CurrentUser() user: User | undefined): { name: Name } {
    return { name: user?.name };
  }

  @Get('often')
  async often(@CurrentUser() one: User, @CurrentUser() other: User): Promise<boolean> {
    const [third, fourth] = await Promise.all([this.sessions.user, this.sessions.user]);
    return [one, other, third].every((user) => user === fourth);
  }

  /** Carries out the given steps one after the other, and says whom it finds each time. */
  @Post('steps')
  async steps(@Body() steps: string[]): Promise<Name[]> {
    const found = [await this.name()];
    for (const step of steps) {
      await this.carryOut(step);
      found.push(await this.name());
    }
    return found;
  }

  /** Asks before it signs somebody else in, or out, and waits for the answer after that. */
  @Post('meanwhile/:step')
  async meanwhile(@Param('step') step: string): Promise<{ name: Name }> {
    const asked = this.name();
    await this.carryOut(step);
    this.users.answer();
    return { name: await asked };
  }

  private async carryOut(step: string): Promise<unknown> {
    const { sessions } = this;
    switch (step) {
      case 'logout':
        return sessions.logout();
      case 'confirm':
        return sessions.confirm();
      case 'regenerate':
        return sessions.regenerate();
      case 'regenerate, all':
        return sessions.regenerate({ keep: 'all' });
      case 'adopt bob':
        return sessions.adopt('bob');
      default:
        return sessions.login(step);
    }
  }

  private async name(): Promise<Name> {
    try {
      return (await this.sessions.user)?.name;
    } catch (error) {
      return error instanceof HttpException ? `${error.getStatus()}` : String(error);
    }
  }
}

export interface AccountApp extends TestApp {
  readonly users: Users;
  readonly events: SessionEvent[];
  readonly sessions: SessionService;
  signedIn(user: string): Promise<Browser>;
}

/** An application whose users can be asked for. */
export async function startAccountApp(
  options: Partial<SessionModuleOptions> = {},
): Promise<AccountApp> {
  const users = new Users();
  const app = await startApp(
    { loadUser: users.load, ...options },
    { controllers: [AccountController], providers: [{ provide: Users, useValue: users }] },
  );
  const sessions = app.app.get(SessionService);
  const events: SessionEvent[] = [];
  sessions.events.subscribe((event) => events.push(event));
  const signedIn = async (user: string): Promise<Browser> => {
    const browser = app.browser();
    await browser.post(`/login/${user}`);
    return browser;
  };
  return { ...app, users, events, sessions, signedIn };
}
