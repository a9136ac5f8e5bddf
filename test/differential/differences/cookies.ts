import { LONG } from '../scenarios/signing.js';
import { signed } from '../support/world.js';
import type { Difference } from './difference.js';
import { counting, issued, TIMES_ARE_WRITTEN, TOO_LATE } from './seen.js';

/** Whose cookie it is, and what it says. */
export const cookies: readonly Difference[] = [
  {
    key: 'cookie-parser',
    plain: 'Trusts the id in `req.signedCookies`, and also reads `req.cookies`.',
    sesame: 'Reads only the `Cookie` header.',
    why: 'The signature is verified in one place, with the secrets of this middleware.',
    rules: {
      'req.signedCookies of cookie-parser': {
        '#1.body': [5, 1],
        '#1.cookies.connect.sid': [undefined, issued()],
        '#2.body': [6, 2],
        'store.calls': [
          'get known, set known, get known, set known',
          'set sid-1a, get sid-1a, set sid-1a',
        ],
        'store.contents.known.count': [6, 4],
        'store.contents.sid-1a': [undefined, counting(2)],
      },
    },
  },
  {
    key: 'path-matching',
    plain: 'A cookie path of `/admin` also covers `/administrator`.',
    sesame: 'It covers `/admin` and what is below it, as in browsers.',
    why: 'No browser sends the cookie to `/administrator`, so each visit there would begin a new session.',
    rules: {
      'cookie path /admin, beside at /administrator*': (it) => {
        it.differs({ '#1.body': [1, 'no session here'] });
        it.leavesOut('sid-1a');
      },
    },
  },
  {
    key: 'function-auto',
    plain:
      "Does not resolve `'auto'` when a `cookie` function returns it: no cookie is sent, or an error follows the response.",
    sesame: 'Resolves it whether the attributes come from an object or from a function.',
    why: 'How the attributes are given should not matter.',
    rules: {
      'secure auto from a function, over HTTPS': (it) =>
        it.attributeDiffers(2, 'secure', 'auto', true),
      'secure auto from a function, over plain HTTP': (it) => {
        it.attributeDiffers(2, 'secure', 'auto', false);
        it.sends(1);
      },
      'sameSite auto from a function, over HTTPS': (it) => {
        it.attributeDiffers(2, 'sameSite', 'auto', 'none');
        it.differs({ notes: [TOO_LATE, ''] });
        it.sends(1, issued('sid-1a', { Secure: true, SameSite: 'None' }));
      },
      'sameSite auto from a function, over plain HTTP': (it) => {
        it.attributeDiffers(2, 'sameSite', 'auto', 'lax');
        it.differs({ notes: [TOO_LATE, ''] });
        it.sends(1);
      },
    },
  },
  {
    key: 'configured-attributes',
    plain: "Takes the cookie's attributes from the stored session.",
    sesame:
      'Takes them from the configuration, and from the record only what the application set on this session.',
    why: 'A change of configuration also reaches existing sessions.',
    rules: {
      'a cookie function that tells another path later': (it) =>
        it.attributeDiffers(2, 'sameSite', 'lax', 'strict'),
      'a session that began over HTTPS goes on over plain HTTP': (it) =>
        it.attributeDiffers(3, 'secure', true, false),
      'a session that began over plain HTTP goes on over HTTPS': (it) =>
        it.attributeDiffers(3, 'secure', false, true),
      'touch() with a maxAge, in a stored session': (it) => {
        it.sends(1, issued('known', { expiresIn: 59 }));
        it.attributeDiffers(3, 'originalMaxAge', null, 60_000);
        it.differs({
          '#1.body': [0, 60],
          '#3.body.attributes.lifetime': ['none', 30],
          'store.contents.known.cookie.expiresIn': [undefined, 60],
        });
      },
      'a record that was written with other cookie attributes': (it) => {
        it.attributeDiffers(1, 'path', '/old', '/');
        it.attributeDiffers(1, 'httpOnly', false, true);
        it.attributeDiffers(1, 'sameSite', 'strict', 'lax');
      },
    },
  },
  {
    key: 'takes-over',
    plain: 'Leaves its own record as it is when the session is only read.',
    sesame:
      'Adds its timestamps to a record of express-session when it first reads it. If the cookie has a lifetime, it also sends the cookie.',
    why: 'The age of such a session begins to count then.',
    rules: {
      'a record that {express-session wrote*|was written with other*|has attributes of a cookie that*}':
        TIMES_ARE_WRITTEN,
      'a record that express-session wrote, with a lifetime': {
        '#1.cookies.connect.sid': [undefined, issued('known', { expiresIn: 59 })],
      },
    },
  },
  {
    key: 'secret-rotation',
    plain: 'Accepts a cookie signed with an older secret, and leaves it in the browser.',
    sesame:
      'Sends it again, signed with the first secret, once the process has run for an hour. If nothing was written, the session is read once more for that.',
    why: 'An old secret can be dropped sooner.',
    rules: {
      'a cookie of the old secret, {among two|and nothing changes}': (it) => it.sends(1),
      'a cookie of the old secret, and nothing changes': {
        'store.calls': ['get known, get known', 'get known, get known, get known'],
      },
      'a cookie of the second of three secrets': (it) => {
        const value = signed('known', 'a third secret');
        it.sends(1, { value, Path: '/', HttpOnly: true, SameSite: 'Lax' });
      },
    },
  },
  {
    key: 'duplicate-cookies',
    plain: 'Of several cookies with the same name, only the first counts.',
    sesame:
      'Of the first eight candidates, the first that verifies and whose session is live counts.',
    why: 'A cookie planted by another subdomain, or left from before its domain or path was changed, must not hide the real one.',
    rules: {
      '{a bad cookie before a good one|two good cookies of two sessions}': {
        '#1.body': [1, 5],
        '#1.cookies.connect.sid': [issued(), undefined],
        '#2.body.data.count': [1, undefined],
        'store.contents.known.count': [4, 5],
        'store.contents.sid-1a': [counting(1), undefined],
      },
      'a bad cookie before a good one': {
        'store.calls': ['set sid-1a, get sid-1a', 'get known, set known'],
      },
      'two good cookies of two sessions': {
        'store.calls': ['get unknown, set sid-1a, get sid-1a', 'get unknown, get known, set known'],
      },
    },
  },
  {
    key: 'long-cookie',
    plain: 'Verifies cookies of any length.',
    sesame: 'Ignores a value longer than 4096 bytes.',
    why: 'No browser stores such a cookie, so it is not worth hashing.',
    rules: {
      'a cookie longer than any browser keeps': (it) => {
        it.differs({
          '#1.body': [5, 1],
          'store.calls': [`get ${LONG}, set ${LONG}`, 'set sid-1a'],
          [`store.contents.${LONG}.count`]: [5, 4],
          'store.contents.sid-1a': [undefined, counting(1)],
        });
        it.sends(1);
      },
    },
  },
];
