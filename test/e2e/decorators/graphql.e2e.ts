import '../../support/session-data.js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ValidationPipe } from '@nestjs/common';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Session, SessionId, SessionService, UserId } from 'nestjs-sesame';
import { ask, graphqlModule } from '../../support/applications/graphql.js';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import type { Browser } from '../../support/browser.js';

afterEach(closeApps);

@Resolver()
class SessionResolver {
  constructor(private readonly sessions: SessionService) {}

  @Query(() => String, { nullable: true })
  label(@Session('label') label: string | undefined): string | undefined {
    return label;
  }

  @Query(() => String)
  id(@SessionId() id: string): string {
    return id;
  }

  @Query(() => String, { nullable: true })
  user(@UserId() userId: string | undefined): string | undefined {
    return userId;
  }

  @Query(() => Boolean)
  same(@Session() session: Session, @SessionId() id: string): boolean {
    return session === this.sessions.current && session.id === id;
  }

  @Mutation(() => String)
  write(@Session() session: Session, @Args('label') label: string): string {
    session.label = label;
    return session.label;
  }

  @Mutation(() => Boolean)
  async login(@Session() session: Session, @Args('user') user: string): Promise<boolean> {
    const before = session.id;
    await this.sessions.login(user);
    session.label = `written after the login of ${user}`;
    return session === this.sessions.current && session.id !== before;
  }
}

const start = async (): Promise<Browser> => {
  const app = await startApp(
    {},
    { imports: [graphqlModule()], providers: [SessionResolver] },
    (nest) => {
      nest.useGlobalPipes(
        new ValidationPipe({ transform: true, validateCustomDecorators: true, whitelist: true }),
      );
    },
  );
  return app.browser();
};

describe('on GraphQL resolvers', () => {
  it('@Session() is the session of the request, and a write to it is stored', async () => {
    const browser = await start();
    const written = await ask(browser, 'mutation { write(label: "kept") }');
    expect(written.data).toEqual({ write: 'kept' });
    expect(written.setCookies).toHaveLength(1);
    expect((await ask(browser, '{ label same }')).data).toEqual({ label: 'kept', same: true });
  });

  it('@Session() taken before login() is the live session after it', async () => {
    const browser = await start();
    await ask(browser, 'mutation { write(label: "before") }');
    const before = await ask(browser, '{ id user }');
    expect(before.data).toEqual({ id: expect.any(String), user: null });
    const { data, setCookies } = await ask(browser, 'mutation { login(user: "ada") }');
    expect(data).toEqual({ login: true });
    expect(setCookies).toHaveLength(1);
    const after = await ask(browser, '{ id user label }');
    expect(after.data).toMatchObject({ user: 'ada', label: 'written after the login of ada' });
    expect(after.data).not.toMatchObject({ id: Reflect.get(Object(before.data), 'id') });
  });

  it('one session serves all fields of an operation', async () => {
    const browser = await start();
    const { data, setCookies } = await ask(
      browser,
      'mutation { one: write(label: "one") two: write(label: "two") login(user: "ada") }',
    );
    expect(data).toEqual({ one: 'one', two: 'two', login: true });
    expect(setCookies).toHaveLength(1);
  });
});
