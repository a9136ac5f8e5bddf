import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  Injectable,
  Module,
  NotFoundException,
  Post,
  ValidationPipe,
} from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { IsString } from 'class-validator';
import {
  AuthenticatedGuard,
  CurrentUser,
  Public,
  SessionModule,
  SessionService,
} from 'nestjs-sesame';
import { closeApps, SECRET, startApp, startModule } from '../../support/applications/nest-app.js';
import { Users } from '../../support/applications/users.js';
import type { User } from '../../support/applications/users.js';
import { INTERNAL_ERROR, recordLogs } from '../../support/recorded-logs.js';
import { startAccountApp } from './account-app.js';

afterEach(closeApps);

const ADA = { id: 'ada', name: 'ADA' };

describe('the user of a request', () => {
  it('is loaded once, when something first asks for it', async () => {
    const { users, signedIn } = await startAccountApp();
    const browser = await signedIn('ada');
    expect((await browser.get('/never-asks')).body).toEqual({ userId: 'ada' });
    expect(users.asked).toEqual([]);
    expect((await browser.get('/guarded')).body).toEqual(ADA);
    expect(users.asked).toEqual(['ada']);
    expect((await browser.get('/often')).text).toBe('true');
    expect(users.asked).toEqual(['ada', 'ada']);
  });

  it('is undefined when nobody is signed in, and nobody is loaded', async () => {
    const { users, browser } = await startAccountApp();
    const visitor = browser();
    expect((await visitor.get('/open')).body).toEqual({});
    await visitor.post('/cart');
    expect((await visitor.get('/open')).body).toEqual({});
    expect(users.asked).toEqual([]);
    expect((await visitor.get('/guarded')).body).toMatchObject({ reason: 'anonymous' });
  });

  it.each([
    [['confirm', 'regenerate, all'], ['ADA', 'ADA', 'ADA'], ['ada']],
    [['ada'], ['ADA', 'ADA'], ['ada']],
    [['grace'], ['ADA', 'GRACE'], ['ada', 'grace']],
    [
      ['regenerate', 'grace', 'ada'],
      ['ADA', null, 'GRACE', 'ADA'],
      ['ada', 'grace', 'ada'],
    ],
    [['logout', 'ada'], ['ADA', null, 'ADA'], ['ada']],
    [
      ['logout', 'grace'],
      ['ADA', null, 'GRACE'],
      ['ada', 'grace'],
    ],
  ])('follows %j in one request', async (steps, found, asked) => {
    const { users, signedIn } = await startAccountApp();
    const browser = await signedIn('ada');
    expect((await browser.post('/steps', steps)).body).toEqual(found);
    expect(users.asked).toEqual(asked);
  });

  it('is there for a session that was adopted', async () => {
    const { browser } = await startAccountApp();
    const visitor = browser();
    await visitor.post('/cart');
    expect((await visitor.post('/steps', ['adopt bob'])).body).toEqual([null, 'BOB']);
  });

  it.each([
    ['grace', { name: 'GRACE' }],
    ['logout', {}],
  ])('that was still being loaded when %s came is not returned afterwards', async (step, found) => {
    const { users, signedIn } = await startAccountApp();
    const browser = await signedIn('ada');
    users.pause();
    expect((await browser.post(`/meanwhile/${step}`)).body).toEqual(found);
  });

  it('is the object that loadUser returned, not a copy made by a pipe', async () => {
    class Account implements User {
      @IsString()
      readonly id = 'ada';
      readonly name = 'ADA';
    }
    const account = new Account();
    @Controller()
    class AccountController {
      constructor(private readonly sessions: SessionService) {}

      @Post()
      async login(): Promise<void> {
        await this.sessions.login('ada');
      }

      @Get()
      look(@CurrentUser() user: Account): boolean {
        return user === account;
      }
    }
    const app = await startApp(
      { loadUser: () => account },
      { controllers: [AccountController] },
      (nest) => {
        nest.useGlobalPipes(
          new ValidationPipe({ transform: true, validateCustomDecorators: true, whitelist: true }),
        );
      },
    );
    const browser = app.browser();
    await browser.post('/');
    expect((await browser.get('/')).text).toBe('true');
  });

  it('is loaded from what dependency injection provides', async () => {
    @Injectable()
    class UsersService extends Users {}
    /** The users service cannot have the sessions service injected, which is created after it. */
    @Injectable()
    class AccountsService {
      constructor(
        private readonly users: UsersService,
        private readonly sessions: SessionService,
      ) {}

      async close(userId: string): Promise<void> {
        this.users.remove(userId);
        await this.sessions.revokeAll(userId);
      }
    }
    @Module({ providers: [UsersService, AccountsService], exports: [UsersService] })
    class UsersModule {}
    @Controller()
    class AccountController {
      constructor(private readonly sessions: SessionService) {}

      @Get()
      async look(): Promise<User | undefined> {
        await this.sessions.login('ada');
        return this.sessions.user;
      }
    }
    const { app, browser } = await startModule({
      imports: [
        SessionModule.forRootAsync({
          imports: [UsersModule],
          inject: [UsersService],
          useFactory: (users: UsersService) => ({
            secret: SECRET,
            loadUser: (id) => users.load(id),
          }),
        }),
      ],
      controllers: [AccountController],
    });
    const ada = browser();
    expect((await ada.get('/')).body).toEqual(ADA);
    await app.get(AccountsService, { strict: false }).close('ada');
    expect(await app.get(SessionService).list('ada')).toEqual([]);
  });

  it('is loaded for a guard that asks with every request', async () => {
    @Injectable()
    class ActiveUserGuard extends AuthenticatedGuard {
      constructor(
        reflector: Reflector,
        private readonly sessions: SessionService,
      ) {
        super(reflector);
      }

      override async canActivate(context: ExecutionContext): Promise<boolean> {
        const isAllowed = await super.canActivate(context);
        if (!this.isPublic(context)) await this.sessions.user;
        return isAllowed;
      }
    }
    @Controller()
    class AccountController {
      constructor(private readonly sessions: SessionService) {}

      @Public()
      @Post()
      async login(): Promise<void> {
        await this.sessions.login('ada');
      }

      @Get()
      neverAsks(): string {
        return 'for users';
      }
    }
    const users = new Users();
    const providers = [{ provide: APP_GUARD, useClass: ActiveUserGuard }];
    const app = await startApp(
      { loadUser: users.load },
      { controllers: [AccountController], providers },
    );
    const browser = app.browser();
    expect((await browser.get('/')).body).toMatchObject({ reason: 'anonymous' });
    await browser.post('/');
    expect((await browser.get('/')).text).toBe('for users');
    users.remove('ada');
    expect((await browser.get('/')).body).toMatchObject({ reason: 'user-gone' });
  });
});

describe('a loadUser that fails', () => {
  it.each([
    ['at once', async () => undefined],
    ['later', () => new Promise(setImmediate)],
  ])('fails the request when it asks for the user itself, %s', async (_when, before) => {
    const { sessions, signedIn } = await startAccountApp({
      loadUser: (id) => finding(id, before),
    });
    const finding = async (id: string, wait: () => Promise<unknown>): Promise<User> => {
      await wait();
      await sessions.user;
      return { id, name: 'found' };
    };
    const browser = await signedIn('ada');
    const { logs, restore } = recordLogs();
    const { status } = await browser.get('/guarded');
    restore();
    expect(status).toBe(500);
    expect(JSON.stringify(logs)).toContain('loadUser asked for the user of the session');
    expect((await browser.get('/never-asks')).body).toEqual({ userId: 'ada' });
  });

  it('lets code that runs on after it ask for the user', async () => {
    const late: Promise<unknown>[] = [];
    const { sessions, signedIn } = await startAccountApp({
      loadUser: async (id) => {
        late.push(new Promise(setImmediate).then(() => sessions.user));
        return { id, name: 'found' };
      },
    });
    await (await signedIn('ada')).get('/guarded');
    expect(await Promise.all(late)).toEqual([{ id: 'ada', name: 'found' }]);
  });

  it('fails the request like any error, ends nothing, and is called again', async () => {
    const { users, events, signedIn } = await startAccountApp();
    const browser = await signedIn('ada');
    users.failOnce(new Error('the database is down'));
    const { status, body, setCookies } = await browser.get('/guarded');
    expect([status, body, setCookies]).toEqual([500, INTERNAL_ERROR, []]);
    users.failOnce(new NotFoundException('the shard of this user is moving'));
    expect((await browser.get('/open')).body).toMatchObject({ statusCode: 404 });
    users.failOnce('no error at all');
    expect((await browser.post('/steps', ['confirm'])).body).toEqual([
      expect.stringContaining('no error at all'),
      'ADA',
    ]);
    expect(events.map(({ type }) => type)).toEqual(['loggedIn', 'rotated']);
  });
});

describe('without the loadUser option', () => {
  it('asking for the user is a mistake that the log explains', async () => {
    const { signedIn } = await startAccountApp({ loadUser: undefined });
    const browser = await signedIn('ada');
    const { logs, restore } = recordLogs();
    for (const path of ['/guarded', '/often']) {
      expect((await browser.get(path)).body).toEqual(INTERNAL_ERROR);
    }
    expect((await browser.post('/steps', [])).body).toEqual(['500']);
    restore();
    const told = logs.filter(({ message }) => message.includes('have no loadUser'));
    expect(told.length).toBeGreaterThanOrEqual(3);
  });
});
