import '../../support/session-data.js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { UseGuards } from '@nestjs/common';
import { Mutation, Query, Resolver } from '@nestjs/graphql';
import session from 'express-session';
import {
  AuthenticatedGuard,
  RequireFresh,
  SealedCookieStore,
  SessionId,
  SessionService,
} from 'nestjs-sesame';
import type { SessionModuleOptions } from 'nestjs-sesame';
import { ask, graphqlModule } from '../../support/applications/graphql.js';
import { closeApps, startApp } from '../../support/applications/nest-app.js';
import { Browser } from '../../support/browser.js';
import { ScriptedStore } from '../../support/stores/scripted-store.js';

afterEach(closeApps);

@Resolver()
class AccountResolver {
  constructor(private readonly sessions: SessionService) {}

  @Mutation(() => Boolean)
  async login(): Promise<boolean> {
    await this.sessions.login('ada');
    return true;
  }

  @Mutation(() => Boolean)
  async logout(): Promise<boolean> {
    await this.sessions.logout();
    return true;
  }

  @Mutation(() => Boolean)
  async loginWithTooMuch(): Promise<boolean> {
    await this.sessions.login('ada', { data: { label: 'x'.repeat(5_000) } });
    return true;
  }

  @Mutation(() => Boolean)
  async save(): Promise<boolean> {
    this.sessions.current.label = 'changed';
    await this.sessions.save();
    return true;
  }

  @Mutation(() => Boolean)
  async confirm(): Promise<boolean> {
    await this.sessions.confirm();
    return true;
  }

  @Query(() => Boolean)
  @UseGuards(AuthenticatedGuard)
  @RequireFresh('1ms')
  fresh(): boolean {
    return true;
  }

  @Query(() => Number)
  async devices(): Promise<number> {
    return (await this.sessions.list('ada')).length;
  }

  @Query(() => String)
  id(@SessionId() id: string): string {
    return id;
  }
}

const start = async (options: Partial<SessionModuleOptions> = {}): Promise<Browser> => {
  const metadata = { imports: [graphqlModule()], providers: [AccountResolver] };
  return (await startApp(options, metadata)).browser();
};

/** An error as an Apollo client gets it, complete except for its location in the query. */
const told = (code: string, body: object, status?: number): unknown => [
  {
    message: Reflect.get(body, 'message'),
    locations: expect.anything(),
    path: expect.anything(),
    extensions: { code, ...(status !== undefined && { status }), originalError: body },
  },
];

const internal = told(
  'INTERNAL_SERVER_ERROR',
  { statusCode: 500, message: 'Internal server error' },
  500,
);

describe('what a GraphQL client is told', () => {
  it('when nobody is signed in, or a sign-in is too old: UNAUTHENTICATED, and the reason', async () => {
    let now = 1_000;
    const browser = await start({ clock: () => now });
    const unauthenticated = { statusCode: 401, error: 'Unauthorized' };
    const anonymous = { ...unauthenticated, message: 'Not signed in.', reason: 'anonymous' };
    expect((await ask(browser, '{ fresh }')).errors).toEqual(told('UNAUTHENTICATED', anonymous));
    await ask(browser, 'mutation { login }');
    now += 2;
    const message = 'This needs a recent sign-in. Confirm who you are.';
    expect((await ask(browser, '{ fresh }')).errors).toEqual(
      told('UNAUTHENTICATED', { ...unauthenticated, message, reason: 'stale' }),
    );
  });

  it('when the application makes a mistake: nothing', async () => {
    const visitor = await start({ forRoutes: ['/elsewhere'] });
    expect((await ask(visitor, '{ id }')).errors).toEqual(internal);
    expect((await ask(visitor, 'mutation { login }')).errors).toEqual(internal);
    const nobody = await start();
    expect((await ask(nobody, 'mutation { confirm }')).errors).toEqual(internal);
  });

  it('when a session does not fit into its cookie: nothing', async () => {
    const store = new SealedCookieStore({ keys: ['a key of more than thirty-two characters'] });
    const browser = await start({ store });
    expect((await ask(browser, 'mutation { loginWithTooMuch }')).errors).toEqual(internal);
  });

  it('when a store fails: to try again', async () => {
    const store = new ScriptedStore();
    const browser = await start({ store, onStoreFailure: 'anonymous' });
    await ask(browser, 'mutation { login }');
    store.break('read');
    const body = {
      statusCode: 503,
      error: 'Service Unavailable',
      message: 'Sessions are unavailable at the moment. Try again shortly.',
    };
    expect((await ask(browser, '{ fresh }')).errors).toEqual(
      told('INTERNAL_SERVER_ERROR', body, 503),
    );
  });

  it('when the session got another id from a sign-in: to send it again', async () => {
    const browser = await start();
    await ask(browser, 'mutation { save }');
    const late = browser.copy();
    await ask(browser, 'mutation { login }');
    const body = {
      statusCode: 409,
      error: 'Conflict',
      message: 'A sign-in has renewed the session in the meantime. Send the request again.',
      reason: 'rotated',
    };
    expect((await ask(late, 'mutation { logout }')).errors).toEqual(
      told('INTERNAL_SERVER_ERROR', body, 409),
    );
  });

  it('when a limit is reached: which sessions there are', async () => {
    const browser = await start({ limit: { max: 1, onExceed: 'reject' } });
    await ask(browser, 'mutation { login }');
    const { errors } = await ask(new Browser(browser.origin), 'mutation { login }');
    expect(errors).toEqual(
      told(
        'INTERNAL_SERVER_ERROR',
        {
          statusCode: 409,
          error: 'Conflict',
          message: 'This user has as many sessions as is allowed (1). End one first.',
          sessions: [expect.objectContaining({ userId: 'ada', current: false })],
        },
        409,
      ),
    );
  });

  it('when a store keeps no index of users: which ones do', async () => {
    const browser = await start({ store: new session.MemoryStore() });
    const message =
      'MemoryStore does not support list(): it keeps no index of users. MemorySessionStore, RedisSessionStore and SqlSessionStore do.';
    expect((await ask(browser, '{ devices }')).errors).toEqual(
      told('INTERNAL_SERVER_ERROR', { statusCode: 501, error: 'Not Implemented', message }, 501),
    );
  });

  it('when a sign-in comes from a page of another origin: FORBIDDEN, and the reason', async () => {
    const browser = await start();
    const headers = { 'content-type': 'application/json', origin: 'https://elsewhere.example' };
    const query = JSON.stringify({ query: 'mutation { login }' });
    const { body } = await browser.post('/graphql', undefined, { headers, body: query });
    expect(body).toMatchObject({
      errors: told('FORBIDDEN', {
        statusCode: 403,
        error: 'Forbidden',
        message: expect.stringContaining("trustedOrigins: ['https://elsewhere.example']"),
        reason: 'cross-origin',
      }),
    });
  });
});
