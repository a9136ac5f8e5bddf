import { recordOf } from '../scenarios/parts.js';
import { signed } from '../support/world.js';
import type { Difference, Differing } from './difference.js';
import { issued, NOTHING, shown } from './seen.js';

const REFUSED: Differing = {
  start: ['well', 'refused'],
  store: [{ calls: '', contents: {} }, undefined],
};

/** What each takes as options. */
export const options: readonly Difference[] = [
  {
    key: 'defaults',
    plain:
      'By default stores untouched sessions, saves unchanged ones again, keeps those set to `null`, and sets neither `Secure` nor `SameSite`.',
    sesame:
      "Does none of that: `saveUninitialized: false`, no `resave`, `unset: 'destroy'`, `secure: 'auto'`, `sameSite: 'lax'`.",
    why: 'These are the safe choices; express-session deprecates two of its own.',
    rules: {
      'by its own defaults: a new session': {
        '#1.cookies.connect.sid.SameSite': [undefined, 'Lax'],
        'store.contents.sid-1a.cookie.secure': [undefined, false],
        'store.contents.sid-1a.cookie.sameSite': [undefined, 'lax'],
      },
      'by its own defaults: a new session that is untouched': (it) => it.leavesOut('sid-1a'),
      'by its own defaults: over HTTPS': {
        '#1.cookies.connect.sid.Secure': [undefined, true],
        '#1.cookies.connect.sid.SameSite': [undefined, 'Lax'],
        'store.contents.sid-1a.cookie.secure': [undefined, true],
        'store.contents.sid-1a.cookie.sameSite': [undefined, 'lax'],
      },
      'by its own defaults: a stored session that is only read': {
        'store.calls': ['get known, set known, get known, set known', 'get known, get known'],
      },
    },
  },
  {
    key: 'checked-options',
    plain:
      'Accepts nearly any options. A mistake shows up as failing requests, as a cookie that browsers refuse, or not at all.',
    sesame:
      'Refuses mistakes at boot, and names every one. It does not know `key`, `cookie.expires`, `cookie.encode` and `cookie.originalMaxAge`.',
    why: 'A mistake in the configuration should not wait for a visitor.',
    rules: {
      // Both refuse the options that are left out here, or both take them.
      'options: {no secret|an empty secret|a secret that is no text}': REFUSED,
      'options: {a name that is no cookie name|the older name of name|an option that nobody knows}':
        REFUSED,
      'options: {sameSite none without Secure|partitioned without Secure}': REFUSED,
      'options: {a sameSite|a priority} that is unknown': REFUSED,
      'options: {a path with a semicolon|a domain that is none}': REFUSED,
      'options: a maxAge {of zero|below zero|as a Date}': REFUSED,
      'options: {expires|an originalMaxAge|encode}': REFUSED,
      'options: {a __Host- name that is not Secure|resave as text}': REFUSED,
    },
  },
  {
    key: 'duration-text',
    plain: 'Fails every request when `cookie.maxAge` is a string.',
    sesame: "Accepts `'7d'` and the like.",
    why: 'All options that are durations can be written that way.',
    rules: {
      'options: a maxAge as text': (it) => {
        it.answers(1, NOTHING, [200, 1]);
        const lifetime = { originalMaxAge: 604_800_000, lifetime: 302_400 };
        it.answers(2, NOTHING, [200, shown({ count: 1 }, lifetime)]);
        const record = recordOf({ count: 1 }, { originalMaxAge: 604_800_000, expiresIn: 604_800 });
        it.differs({
          notes: ['the answer to an error threw, too, the answer to an error threw, too', ''],
          'store.calls': ['', 'set sid-1a'],
          'store.contents.sid-1a': [undefined, record],
        });
        it.sends(1, issued('sid-1a', { expiresIn: 604_800 }));
      },
    },
  },
  {
    key: 'secret-option',
    plain: 'Without a `secret` option, uses `req.secret`, which cookie-parser sets.',
    sesame: 'Requires the option.',
    why: 'A missing secret should show at boot.',
    rules: {
      'req.secret instead of an option': (it) => {
        const value = signed('sid-1a', 'as cookie-parser leaves it');
        it.differs({
          start: ['well', 'refused'],
          '#1.body': [1, undefined],
          '#1.cookies.connect.sid.value': [value, undefined],
          'store.calls': ['set sid-1a', ''],
        });
        it.put('#1', undefined);
        it.put('store', undefined);
      },
    },
  },
];
