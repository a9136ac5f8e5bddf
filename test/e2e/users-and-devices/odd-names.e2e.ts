import { afterEach, expect, it } from '@jest/globals';
import { closeApps } from '../../support/applications/nest-app.js';
import { describeOnIndexedStores } from '../../support/stores/indexed-stores.js';
import { standing, startDevicesApp } from './devices-app.js';

afterEach(closeApps);

const LONG = 10_000;

/** Texts that some store or other could not keep, or might take for one another. */
const USERS = [
  ['ada', 'Ada', 'ada ', 'ada\n', 'àda', 'ада'],
  ['é', 'e\u0301', '\u00e9\u200b', 'ß', 'ss'],
  ['🦊', '🐻', '\ufffd', '\ufffd\ufffd'],
  ['a\0b', 'ab', 'a', 'a\\u0000b'],
  ['x'.repeat(LONG), 'x'.repeat(LONG + 1), '🦊'.repeat(LONG)],
];

/** What is no handle, though a client may send it as one. */
const HANDLES = [
  '',
  'nonsense',
  '__proto__',
  '\0',
  'a'.repeat(42) + '\0',
  'é'.repeat(43),
  '🦊',
  '\ud800',
  'a'.repeat(43) + '\n',
  'a'.repeat(44),
  'a'.repeat(300),
  'a'.repeat(1_000_000),
  'a'.repeat(43),
  ['a'.repeat(43)],
  undefined,
  null,
  5,
];

describeOnIndexedStores('odd names', (stores) => {
  it.each(USERS)('are those of different users: %#', async (...users) => {
    const { signedIn, sessions } = await startDevicesApp({ store: stores.another() });
    for (const user of users) await signedIn(user);
    for (const user of users) {
      const listed = await sessions.list(user);
      expect(listed.map(({ userId }) => userId)).toEqual([user]);
      expect(await sessions.revoke(user, listed[0]?.handle ?? '')).toBe(true);
      expect(await sessions.list(user)).toEqual([]);
    }
  });

  it.each([{}, { hashIds: false }])('are handles of nobody, with %j', async (options) => {
    const { signedIn, sessions } = await startDevicesApp({ store: stores.another(), ...options });
    const browser = await signedIn('ada');
    const answers = [];
    for (const handle of HANDLES)
      answers.push(await Reflect.apply(sessions.revoke, sessions, ['ada', handle]));
    expect(answers).toEqual(HANDLES.map(() => false));
    expect(await standing(browser)).toBe('ada');
  });
});
