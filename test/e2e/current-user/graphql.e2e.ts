import { afterEach, expect, it } from '@jest/globals';
import { UseGuards } from '@nestjs/common';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { AuthenticatedGuard, CurrentUser, SessionService } from 'nestjs-sesame';
import { ask, graphqlModule } from '../../support/applications/graphql.js';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import { Users } from '../../support/applications/users.js';
import type { User } from '../../support/applications/users.js';
import type { Browser } from '../../support/browser.js';

afterEach(closeApps);

@Resolver()
class AccountResolver {
  constructor(private readonly sessions: SessionService) {}

  @Mutation(() => Boolean)
  async login(@Args('user') user: string): Promise<boolean> {
    await this.sessions.login(user);
    return true;
  }

  @Query(() => String)
  @UseGuards(AuthenticatedGuard)
  me(@CurrentUser() user: User): string {
    return user.name;
  }

  @Query(() => String, { nullable: true })
  name(@CurrentUser() user: User | undefined): string | undefined {
    return user?.name;
  }

  @Mutation(() => String, { nullable: true })
  async later(): Promise<string | undefined> {
    return (await this.sessions.user)?.name;
  }
}

const start = async (users: Users): Promise<Browser> => {
  const app = await startApp(
    { loadUser: users.load },
    { imports: [graphqlModule()], providers: [AccountResolver] },
  );
  return app.browser();
};

it('the user is loaded once in an operation of several fields, and not at all in others', async () => {
  const users = new Users();
  const browser = await start(users);
  expect((await ask(browser, '{ name }')).data).toEqual({ name: null });
  const { data } = await ask(browser, 'mutation { login(user: "ada") later }');
  expect(data).toEqual({ login: true, later: 'ADA' });
  expect((await ask(browser, '{ me name again: name }')).data).toEqual({
    me: 'ADA',
    name: 'ADA',
    again: 'ADA',
  });
  expect(users.asked).toEqual(['ada', 'ada']);
});

it('a user who is gone gets UNAUTHENTICATED with the reason, for each field', async () => {
  const users = new Users();
  const browser = await start(users);
  await ask(browser, 'mutation { login(user: "ada") }');
  users.remove('ada');
  const { errors, setCookies } = await ask(browser, '{ name again: name }');
  const refused = (path: string): unknown => ({
    message: 'This account is no longer active.',
    locations: expect.anything(),
    path: [path],
    extensions: expect.objectContaining({
      code: 'UNAUTHENTICATED',
      originalError: expect.objectContaining({ statusCode: 401, reason: 'user-gone' }),
    }),
  });
  expect(errors).toEqual([refused('name'), refused('again')]);
  expect(setCookies).toEqual([expect.stringMatching(/^connect\.sid=;/)]);
  expect((await ask(browser, '{ name }')).data).toEqual({ name: null });
});
