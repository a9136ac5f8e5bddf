import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MemorySessionStore } from 'nestjs-sesame';
import { closeApps } from '../../support/applications/nest-app.js';
import { recordLogs } from '../../support/recorded-logs.js';
import { HOUR, standing, startClock, startDevicesApp } from '../users-and-devices/devices-app.js';
import type { DevicesApp } from '../users-and-devices/devices-app.js';

const MAX = 4;

let recorded: ReturnType<typeof recordLogs>;
let time: ReturnType<typeof startClock>;
let app: DevicesApp;

beforeEach(async () => {
  time = startClock();
  const { clock } = time;
  app = await startDevicesApp({ clock, store: new MemorySessionStore({ clock, max: MAX }) });
  recorded = recordLogs();
});

afterEach(async () => {
  recorded.restore();
  await closeApps();
});

const warnings = (): string[] =>
  recorded.logs.filter(({ level }) => level === 'warn').map(({ message }) => message);

const signIn = async (...users: string[]) => Promise.all(users.map((user) => app.signedIn(user)));

/** Visitors who put something into a session and never come back. */
const visits = async (count: number): Promise<void> => {
  for (let visit = 0; visit < count; visit += 1) await app.browser().post('/update');
};

describe('A memory store with no room left', () => {
  it('signs nobody out to make room for anonymous visitors, and logs nothing', async () => {
    const users = await signIn('ada', 'grace', 'edsger');
    await visits(3 * MAX);
    expect(await Promise.all(users.map(standing))).toEqual(['ada', 'grace', 'edsger']);
    expect(warnings()).toEqual([]);
  });

  it('signs nobody out while it still has expired sessions', async () => {
    await signIn('gone 1', 'gone 2');
    time.pass(HOUR);
    const users = await signIn('ada', 'grace', 'edsger', 'alan');
    expect(await Promise.all(users.map(standing))).toEqual(['ada', 'grace', 'edsger', 'alan']);
    expect(warnings()).toEqual([]);
  });

  it('warns once when it has to sign users out, with the remedy, and ends the least recently used', async () => {
    const users = await signIn('ada', 'grace', 'edsger', 'alan');
    const [ada] = users;
    expect(ada && (await standing(ada))).toBe('ada');
    await app.signedIn('barbara');
    await app.signedIn('donald');
    expect(ada && (await standing(ada))).toBe('ada');
    const standings = await Promise.all(users.map(standing));
    expect(standings.filter((one) => one === 'expired')).toHaveLength(2);
    expect(warnings()).toEqual([expect.stringMatching(/signed out .*the max option .*Redis/)]);
  });
});
