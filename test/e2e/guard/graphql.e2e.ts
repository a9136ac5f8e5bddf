import '../../support/session-data.js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { UseGuards } from '@nestjs/common';
import type { ModuleMetadata } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { AuthenticatedGuard, Public, SessionService, UserId } from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { ask, graphqlModule } from '../../support/applications/graphql.js';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

afterEach(closeApps);

@Resolver()
class AccountResolver {
  constructor(private readonly sessions: SessionService) {}

  @Public()
  @Mutation(() => Boolean)
  async login(@Args('user') user: string): Promise<boolean> {
    await this.sessions.login(user);
    return true;
  }

  @Public()
  @Mutation(() => Boolean)
  async logout(): Promise<boolean> {
    await this.sessions.logout();
    return true;
  }

  @Public()
  @Query(() => String)
  hello(): string {
    return 'hello';
  }

  @UseGuards(AuthenticatedGuard)
  @Query(() => String)
  me(@UserId() userId: string): string {
    return userId;
  }

  @Query(() => String)
  visits(): string {
    this.sessions.current.count = (this.sessions.current.count ?? 0) + 1;
    return String(this.sessions.current.count);
  }
}

const start = async (
  options: Partial<SessionModuleOptions> = {},
  metadata: ModuleMetadata = {},
): Promise<Browser> => {
  const app = await startApp(options, {
    imports: [graphqlModule()],
    ...metadata,
    providers: [AccountResolver, ...(metadata.providers ?? [])],
  });
  return app.browser();
};

const refused = (reason: string): unknown => [
  expect.objectContaining({
    path: ['me'],
    extensions: expect.objectContaining({
      code: 'UNAUTHENTICATED',
      originalError: expect.objectContaining({ statusCode: 401, reason }),
    }),
  }),
];

describe('AuthenticatedGuard on GraphQL', () => {
  it('refuses a query with the reason, and lets it pass after a login mutation', async () => {
    const browser = await start();
    const anonymous = await ask(browser, '{ hello me }');
    expect(anonymous.data).toBeNull();
    expect(anonymous.errors).toEqual(refused('anonymous'));
    expect(anonymous.setCookies).toEqual([]);
    const login = await ask(browser, 'mutation { login(user: "ada") }');
    expect(login.data).toEqual({ login: true });
    expect(login.setCookies).toEqual([expect.stringMatching(/^connect\.sid=s%3A.*HttpOnly/)]);
    const { data, errors } = await ask(browser, '{ me }');
    expect([data, errors]).toEqual([{ me: 'ada' }, undefined]);
    const before = browser.copy();
    await ask(browser, 'mutation { logout }');
    expect((await ask(browser, '{ me }')).errors).toEqual(refused('anonymous'));
    expect((await ask(before, '{ me }')).errors).toEqual(refused('expired'));
  });

  it('covers every resolver through APP_GUARD, except those marked @Public()', async () => {
    const providers = [{ provide: APP_GUARD, useClass: AuthenticatedGuard }];
    const browser = await start({}, { providers });
    expect((await ask(browser, '{ hello }')).data).toEqual({ hello: 'hello' });
    expect((await ask(browser, '{ visits }')).data).toBeNull();
    await ask(browser, 'mutation { login(user: "ada") }');
    expect((await ask(browser, '{ visits }')).data).toEqual({ visits: '1' });
    expect((await ask(browser, '{ visits }')).data).toEqual({ visits: '2' });
  });

  it('reports that the store is down, rather than that nobody is signed in', async () => {
    const store = new ScriptedStore();
    const browser = await start({ store, onStoreFailure: 'anonymous' });
    await ask(browser, 'mutation { login(user: "ada") }');
    store.break('read');
    expect((await ask(browser, '{ me }')).errors).toEqual([
      expect.objectContaining({
        extensions: expect.objectContaining({
          originalError: expect.objectContaining({ statusCode: 503 }),
        }),
      }),
    ]);
  });

  it('answers 503 when what a resolver changed cannot be stored', async () => {
    const store = new ScriptedStore();
    store.break('create');
    const browser = await start({ store });
    const { status, setCookies } = await ask(browser, '{ visits }');
    expect([status, setCookies]).toEqual([503, []]);
  });
});
