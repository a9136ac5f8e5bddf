import type { Forecast } from '../forecast/forecast.js';
import type { Difference, Differing } from './difference.js';
import { cleared, counting, ERROR, issued, NOTHING } from './seen.js';

const CLEARED: Differing = { '#1.cookies.connect.sid': [undefined, cleared()] };

/** What is stored and sent when a request ends. */
export const saving: readonly Difference[] = [
  {
    key: 'no-resave',
    plain: '`resave: true` saves unchanged sessions again.',
    sesame: 'The option has no effect.',
    why: 'Saving an unchanged session can only overwrite what others wrote.',
    rules: {
      'resave true': {
        'store.calls': ['get known, set known, get known, set known', 'get known, get known'],
      },
    },
  },
  {
    key: 'renewed-by-touch',
    plain: 'Sends a cookie with a lifetime again when the session has changed.',
    sesame: 'Also sends it again with a touch.',
    why: 'The browser of an active user must not drop the cookie before the server drops the session.',
    rules: {
      'a maxAge, an unchanged session that was last used a while ago': {
        '#1.cookies.connect.sid': [undefined, issued('known', { expiresIn: 60 })],
        'store.calls': ['get known', 'get known, set known'],
      },
    },
  },
  {
    key: 'rolling-with-touch',
    plain: '`rolling` sends the cookie with each response.',
    sesame: 'Sends it when the session is written or touched.',
    why: 'The cookie is renewed together with the stored expiry, once per `touchInterval`.',
    rules: {
      'rolling, an unchanged stored session': {
        '#1.cookies.connect.sid': [issued('known'), undefined],
      },
      'rolling with a maxAge, an unchanged stored session': {
        '#2.cookies.connect.sid': [issued('sid-1a', { expiresIn: 60 }), undefined],
      },
    },
  },
  {
    key: 'clearing-cookie',
    plain: 'Leaves the cookie of an ended session in the browser.',
    sesame: 'Clears the cookie.',
    why: 'The browser should not go on sending an id that means nothing.',
    rules: {
      '{req.session = null|req.session = undefined|delete req.session}, in a stored session':
        CLEARED,
      'req.session = {false|a string}, in a stored session': CLEARED,
      '{destroy() *|a write, then destroy()}, in a stored session': CLEARED,
      'destroy(), then {a write to|save() of} the old object, in a stored session': CLEARED,
      'destroy(), then req.session is given an object, in a stored session': CLEARED,
      'sessionStore.destroy() of the own session, in a stored session': CLEARED,
      'HTTP/2: {a session that ends|regenerate()}': CLEARED,
    },
  },
  {
    key: 'not-a-session',
    plain:
      'Anything other than a session on `req.session` throws in `end()`, and no response is sent. `false` leaves the stored session alone.',
    sesame: 'Takes the attributes of an object; treats anything else as `null`.',
    why: 'A response should be sent whatever the application assigned.',
    rules: {
      'req.session = {a plain object|a string}, in *': (it) =>
        it.answers(1, NOTHING, [200, 'done']),
      'destroy(), then req.session is given an object, in *': (it) =>
        it.answers(1, NOTHING, [200, 'done']),
      'req.session = a plain object, in a stored session': {
        '#2.body.data.count': [4, 7],
        'store.calls': ['get known, get known', 'get known, set known, get known'],
        'store.contents.known.count': [4, 7],
      },
      'req.session = a plain object, in a new session': (it) => {
        it.differs({
          'store.calls': ['', 'set sid-1a'],
          'store.contents.sid-1a': [undefined, counting(7)],
        });
        it.sends(1);
      },
      'req.session = {false|a string}, in a stored session': {
        '#2.body.data.count': [4, undefined],
        'store.calls': ['get known, get known', 'get known, destroy known, get known'],
        'store.contents.known': [counting(4), undefined],
      },
    },
  },
  {
    key: 'unstorable',
    plain:
      'Silently loses functions, Maps, NaN and the like. A BigInt or a cycle throws in `end()`, and no response is sent.',
    sesame: 'Answers with an error that names the attribute, and writes nothing.',
    why: 'Data lost silently is missed much later.',
    rules: {
      'an attribute is {a function|a Map|NaN}, in *': (it) =>
        it.answers(1, [200, 'done'], [500, ERROR]),
      'an attribute is {a BigInt|a cycle}, in *': (it) => it.answers(1, NOTHING, [500, ERROR]),
      'an attribute is a Map, in *': { '#2.body.data.map': [{}, undefined] },
      'an attribute is a Map, in a stored session': {
        'store.calls': ['set known', ''],
        'store.contents.known.map': [{}, undefined],
      },
      'an attribute is NaN, in *': { '#2.body.data.nan': [null, undefined] },
      'an attribute is NaN, in a stored session': {
        'store.calls': ['set known', ''],
        'store.contents.known.nan': [null, undefined],
      },
      'an attribute is {a Map|NaN}, in a new session': (it) => it.leavesOut('sid-1a'),
    },
  },
  {
    key: 'fixed-session-id',
    plain: 'Puts whatever is assigned to `req.sessionID` into the cookie.',
    sesame: '`req.sessionID` is read-only.',
    why: 'An id other than that of the stored session leads nowhere.',
    rules: {
      'req.sessionID is written, in a stored session': {
        '#1.cookies.connect.sid': [issued('chosen'), undefined],
      },
      'req.sessionID is written, in a new session': {
        '#1.cookies.connect.sid.id': ['chosen', 'sid-1a'],
        '#2.body.data.count': [undefined, 1],
        'store.calls': ['get chosen', 'get sid-1a'],
      },
    },
  },
  {
    key: 'cookie-change',
    plain:
      'A change to `session.cookie` alone is not reliably stored, and not sent. Together with other changes it is sent only if the cookie has a lifetime.',
    sesame: 'Stores and sends it, like any other change.',
    why: '"Remember me" is such a change.',
    rules: {
      'cookie.* is set{| to null| to false}, and nothing else': {
        'store.calls': ['get sid-1a, get sid-1a', 'get sid-1a, set sid-1a, get sid-1a'],
      },
      'cookie.* is set to {null|false}, and nothing else': sendsAsChanged,
      'cookie.{maxAge|expires|originalMaxAge} is set, and nothing else': sendsAsChanged,
      'cookie.{path|domain|httpOnly|sameSite} is set, {and nothing else|in a changed*}':
        sendsAsChanged,
      'cookie.{maxAge|expires} is set to null, in a changed stored session': sendsAsChanged,
    },
  },
  {
    key: 'cookie-replaced',
    plain:
      'Takes whatever is put in the place of `session.cookie`, such as a plain object, and sends a cookie without its attributes.',
    sesame: 'Ignores a plain object there: the session keeps the cookie that it has.',
    why: 'Data of a request that is assigned to the session must not decide how long it lives, or who can read its cookie.',
    rules: {
      'a plain object is put in the place of the cookie, in a new session': (it) => {
        it.differs({
          '#1.cookies.connect.sid.HttpOnly': [undefined, true],
          '#1.cookies.connect.sid.Path': [undefined, '/'],
          '#1.cookies.connect.sid.SameSite': [undefined, 'Lax'],
        });
        keepsItsCookie(it, 2);
      },
      'a plain object is put in the place of the cookie, in a stored session': (it) =>
        keepsItsCookie(it, 3),
    },
  },
  {
    key: 'lifetime-false',
    plain:
      'Stores `cookie.expires = false` as an `originalMaxAge` of `false`, and sends the cookie with each later change.',
    sesame:
      'Stores it as `null`, as for any cookie that ends with the browser, and sends the cookie once.',
    why: 'A cookie without a lifetime needs no renewal.',
    rules: {
      'cookie.expires is set to false, in a new session': (it) => {
        it.attributeDiffers(2, 'originalMaxAge', false, null);
        it.differs({ '#3.cookies.connect.sid': [issued(), undefined] });
      },
      'cookie.expires is set to false, {in a changed stored session|and nothing else}': (it) =>
        it.attributeDiffers(3, 'originalMaxAge', false, null),
    },
  },
];

/** The session has the attributes of the cookie that it began with, from the response of this number on. */
function keepsItsCookie(it: Forecast, number: number): void {
  it.attributeDiffers(number, 'originalMaxAge', undefined, null);
  it.attributeDiffers(number, 'sameSite', undefined, 'lax');
  it.attributeDiffers(number, 'secure', undefined, false);
}

/** The second response shows the attributes that were set, and its cookie has them. */
function sendsAsChanged(it: Forecast): void {
  const of = (attribute: string): unknown => it.at(`#2.body.attributes.${attribute}`);
  const maxAge = of('originalMaxAge');
  const cookie = issued('sid-1a', {
    Path: of('path'),
    Domain: of('domain'),
    HttpOnly: of('httpOnly') === true ? true : undefined,
    SameSite: of('sameSite') === 'strict' ? 'Strict' : 'Lax',
    expiresIn: typeof maxAge === 'number' ? maxAge / 1_000 : undefined,
  });
  it.differs({ '#2.cookies.connect.sid': [undefined, cookie] });
}
