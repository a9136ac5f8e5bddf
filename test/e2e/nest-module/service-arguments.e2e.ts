import { afterEach, describe, expect, it } from '@jest/globals';
import { SessionModule, SessionService } from 'nestjs-sesame';
import { closeApps, SECRET, startModule } from '../../support/applications/nest-app.js';

afterEach(closeApps);

describe('an argument of SessionService', () => {
  it.each<[string, unknown, string]>([
    ['undefined', undefined, 'is missing'],
    ['a number', 7, 'is a number'],
    ['an empty string', '', 'is an empty string'],
  ])('is no user id when it is %s', async (_what, userId, found) => {
    const { app } = await startModule({ imports: [SessionModule.forRoot({ secret: SECRET })] });
    const sessions = app.get(SessionService);
    for (const method of ['login', 'list', 'revoke', 'revokeAll'] as const) {
      const calling: unknown = Reflect.apply(sessions[method], sessions, [userId]);
      await expect(calling).rejects.toThrow(TypeError);
      await expect(calling).rejects.toThrow(`The user id passed to ${method}() ${found}; pass a`);
    }
  });

  it.each([
    ['login', ['ada', { keep: 'cart' }]],
    ['regenerate', [{ keep: 'cart' }]],
  ] as const)(
    'is not a list of names to keep when it is one name, by %s()',
    async (method, given) => {
      const { app } = await startModule({ imports: [SessionModule.forRoot({ secret: SECRET })] });
      const sessions = app.get(SessionService);
      const calling: unknown = Reflect.apply(sessions[method], sessions, [...given]);
      await expect(calling).rejects.toThrow(`keep option of ${method}() is a string; pass 'all',`);
    },
  );

  it.each([
    [['count'], 'is an array; pass an object'],
    [
      { cookie: { maxAge: 1 } },
      'has a cookie, which no attribute can be called; change the attributes of session.cookie',
    ],
    ...['save', 'id', 'req', 'constructor'].map(
      (name) => [{ count: 1, [name]: 1 }, `has an attribute called ${name}, a name that`] as const,
    ),
  ])('is no data for a sign-in: %j', async (data, found) => {
    const { app } = await startModule({ imports: [SessionModule.forRoot({ secret: SECRET })] });
    const sessions = app.get(SessionService);
    const calling: unknown = Reflect.apply(sessions.login, sessions, ['ada', { data }]);
    await expect(calling).rejects.toThrow(TypeError);
    await expect(calling).rejects.toThrow(`The data option of login() ${found}`);
  });

  it.each<[string, readonly unknown[], string]>([
    [
      'login',
      ['ada', '30d'],
      'The options of login() are a string; pass an object with any of keep, remember, data.',
    ],
    [
      'login',
      ['ada', null],
      'The options of login() are null; pass an object with any of keep, remember, data.',
    ],
    [
      'login',
      ['ada', Promise.resolve({})],
      'The options of login() are a Promise; pass an object with any of keep, remember, data.',
    ],
    [
      'login',
      ['ada', { rememberMe: '30d' }],
      'login() has no option called rememberMe; did you mean remember?',
    ],
    [
      'login',
      ['ada', { lifetime: '30d' }],
      'login() has no option called lifetime; it has keep, remember, data',
    ],
    [
      'login',
      ['ada', { keep: [1] }],
      "The keep option of login() is an array of something other than names; pass 'all',",
    ],
    [
      'login',
      ['ada', { data: Promise.resolve({ count: 1 }) }],
      'The data option of login() is a Promise; pass an object',
    ],
    [
      'login',
      ['ada', { data: new Map([['count', 1]]) }],
      'The data option of login() is a Map; pass an object',
    ],
    [
      'regenerate',
      ['all'],
      'The options of regenerate() are a string; pass an object with any of keep.',
    ],
    ['regenerate', [{ kept: 'all' }], 'regenerate() has no option called kept; did you mean keep?'],
    [
      'revokeAll',
      ['ada', { exceptcurrent: true }],
      'revokeAll() has no option called exceptcurrent; did you mean exceptCurrent?',
    ],
    [
      'revokeAll',
      ['ada', { exceptCurrent: 'no' }],
      "The exceptCurrent option of revokeAll() is 'no'; pass true or false.",
    ],
    ['revokeAll', ['ada', true], 'The options of revokeAll() are a boolean; pass an object'],
    ['update', [], 'The change passed to update() is missing; pass a function'],
    ['update', [{ count: 1 }], 'The change passed to update() is an object; pass a function'],
  ])('is told what it is, rather than ignored: %s(...%j)', async (method, given, message) => {
    const { app } = await startModule({ imports: [SessionModule.forRoot({ secret: SECRET })] });
    const sessions = app.get(SessionService);
    const calling: unknown = Reflect.apply(Reflect.get(sessions, method), sessions, [...given]);
    await expect(calling).rejects.toThrow(TypeError);
    await expect(calling).rejects.toThrow(message);
  });

  it('may be undefined, as may each of its options', async () => {
    const { app } = await startModule({ imports: [SessionModule.forRoot({ secret: SECRET })] });
    const sessions = app.get(SessionService);
    await expect(sessions.revokeAll('ada', undefined)).resolves.toBe(0);
    const given: unknown = Reflect.apply(sessions.revokeAll, sessions, [
      'ada',
      { exceptCurrent: undefined },
    ]);
    await expect(given).resolves.toBe(0);
    // Nothing is wrong with these but that no request is running.
    const nowhere = 'Internal server error';
    await expect(sessions.login('ada', undefined)).rejects.toThrow(nowhere);
    await expect(sessions.regenerate(undefined)).rejects.toThrow(nowhere);
  });
});
