import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { SessionTesting } from 'nestjs-sesame/testing';
import { closeShops, seen, startShop } from './shop-app.js';

const MINUTE = 60_000;
const OK = [200, undefined];
const EXPIRED = [401, 'expired'];

afterEach(async () => {
  jest.useRealTimers();
  await closeShops();
});

/** What Vitest replaces by default is everything but these; Jest replaces all. */
const RUNNERS: [string, () => void][] = [
  ['Vitest', () => jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] })],
  ['Jest', () => jest.useFakeTimers()],
];

describe.each(RUNNERS)('under the fake timers of %s', (_runner, useFakeTimers) => {
  it("sessions use the kit's clock alone", async () => {
    const sessions = new SessionTesting();
    const app = await startShop(sessions);
    useFakeTimers();
    const alice = await sessions.signIn('alice');
    jest.advanceTimersByTime(31 * MINUTE);
    expect(await seen(app, alice.headers)).toEqual(OK);
    sessions.clock.advance('31m');
    expect(await seen(app, alice.headers)).toEqual(EXPIRED);
  });

  it('sessions follow the fake timers if the test says so', async () => {
    const sessions = new SessionTesting({ clock: () => Date.now() });
    const app = await startShop(sessions);
    useFakeTimers();
    const alice = await sessions.signIn('alice');
    jest.advanceTimersByTime(16 * MINUTE);
    expect(await seen(app, alice.headers)).toEqual(OK);
    jest.setSystemTime(Date.now() + 16 * MINUTE);
    expect(await seen(app, alice.headers)).toEqual(OK);
    sessions.clock.advance('15m');
    jest.advanceTimersByTime(15 * MINUTE);
    expect(await seen(app, alice.headers)).toEqual(EXPIRED);
  });

  it('a session is stored, and a store that hangs is given up when the timers are advanced', async () => {
    const sessions = new SessionTesting();
    const app = await startShop(sessions);
    const alice = await sessions.signIn('alice');
    useFakeTimers();
    sessions.store.hang();
    const answer = seen(app, alice.headers);
    const signIn = expect(sessions.signIn('bob')).rejects.toMatchObject({
      status: 503,
      cause: { cause: { message: expect.stringMatching(/no answer/) } },
    });
    await jest.advanceTimersByTimeAsync(3_000);
    await signIn;
    sessions.store.recover();
    void answer.catch(() => undefined);
  });
});
