import type { Forecast, Told } from '../forecast/forecast.js';
import type { Difference } from './difference.js';
import {
  counting,
  ERROR,
  issued,
  NOTHING,
  shown,
  TIMES_ARE_WRITTEN,
  TOO_LATE,
  UNAVAILABLE,
} from './seen.js';

/** Records that are odd, stores that fail, and what others write. */
export const stores: readonly Difference[] = [
  {
    key: 'corrupt-records',
    plain:
      "A corrupt record is an error 500, with `unset: 'keep'` on every request. Some odd records are used as they are.",
    sesame:
      'The record is logged and removed, and the visitor gets a new session. Cookie attributes that make no sense are left out.',
    why: 'One bad record should not lock a visitor out.',
    rules: {
      'a record that has {no|null for a|a text for a|a number for a} cookie': isNoSession,
      'a record that {is an array|has no cookie, with unset keep}': isNoSession,
      'a record that has no cookie, with unset keep': (it) => {
        it.answers(2, [500, ERROR], [200, 1]);
        beginsAnew(it);
      },
      'a record that has {an array for a cookie|a __proto__ key*}': (it) => {
        it.put('#1.body', shown({}));
        it.differs({ '#2.body': [5, 1] });
        beginsAnew(it);
      },
      'a record that has {an empty cookie|an expiry that is no date}': TIMES_ARE_WRITTEN,
      'a record that has an empty cookie': (it) => {
        it.attributeDiffers(1, 'secure', undefined, false);
        it.attributeDiffers(1, 'sameSite', undefined, 'lax');
        it.attributeDiffers(1, 'originalMaxAge', undefined, null);
      },
      'a record that has an expiry that is no date': {
        '#1.body.attributes.lifetime': [null, 30],
        '#1.cookies.connect.sid': [undefined, issued('known', { expiresIn: 59 })],
      },
      'a record that has a lifetime that is no number': (it) => {
        it.answers(1, NOTHING, [200, shown({ count: 4 })]);
        it.answers(2, NOTHING, [200, 5]);
        it.differs({
          'store.calls': ['get known, get known', 'get known, set known, get known, set known'],
          'store.contents.known.cookie.originalMaxAge': ['long', null],
          'store.contents.known.count': [4, 5],
        });
      },
    },
  },
  {
    key: 'store-errors',
    plain: 'A failed read is a 500. A failed write is an error after a 200 was already sent.',
    sesame:
      'Both are a 503 with `Retry-After`. No cookie and no part of the response is sent before it.',
    why: 'A client must not be told that something was done when it was not.',
    rules: {
      'a record that is {null|a text|a number|not JSON}': (it) => {
        it.answers(1, [500, ERROR], UNAVAILABLE);
        it.answers(2, [200, 1], UNAVAILABLE);
        it.leavesOut('sid-2a');
      },
      'get fails{|, with unset keep|, and the session is not looked at| in reload()}': (it) =>
        it.answers(1, [500, ERROR], UNAVAILABLE),
      'set fails at the end': (it) => answersTooSoon(it, [200, 5]),
      'set fails behind a redirect': (it) => answersTooSoon(it, [302, '']),
      'set fails in a stream': (it) => answersTooSoon(it, [200, 'one two']),
      'destroy fails for req.session = null': (it) => answersTooSoon(it, [200, 'signed out']),
      'set fails for a new session': (it) => {
        answersTooSoon(it, [200, 1]);
        it.differs({ 'store.calls': ['get sid-1a', ''] });
      },
      'set fails for a change in a stream': { notes: [TOO_LATE, ''] },
      'set fails in save()': (it) => {
        it.answers(1, [200, 'an error'], UNAVAILABLE);
        it.differs({ 'store.calls': ['set known', 'set known, set known'] });
      },
    },
  },
  {
    key: 'failed-read-destroys',
    plain: "With `unset: 'destroy'`, the response to a failed read destroys the session.",
    sesame: 'Leaves it alone.',
    why: 'A brief outage of the store should not sign anybody out.',
    rules: {
      'a record that is {null|a text|a number|not JSON}': { 'store.calls': ['destroy known', ''] },
      'get fails{|, and the session is not looked at| in reload()}': {
        '#2.body.data.count': [undefined, 4],
        'store.calls': ['destroy known', ''],
        'store.contents.known': [undefined, counting(4)],
      },
      'a record that is null': { 'store.contents.known': [undefined, null] },
      'a record that is a text': { 'store.contents.known': [undefined, 'text'] },
      'a record that is a number': { 'store.contents.known': [undefined, 7] },
      'a record that is not JSON': { 'store.contents.known': [undefined, '{"cookie":'] },
    },
  },
  {
    key: 'failed-end',
    plain:
      'If the store fails in `regenerate()`, a new session begins beside the old one. If it fails in `destroy()`, that is repeated after the response.',
    sesame: 'The session stays as it is, and the callback gets the error.',
    why: 'The code that gets the error decides what to do next.',
    rules: {
      'destroy fails in destroy()': {
        notes: [TOO_LATE, ''],
        'store.calls': ['destroy known, destroy known', 'destroy known'],
      },
      'destroy fails in regenerate()': (it) => it.leavesOut('sid-1a'),
    },
  },
  {
    key: 'failed-touch',
    plain: 'A failed touch is an error after the response.',
    sesame: 'Does not call `touch()`. If its own touch fails, it logs that.',
    why: 'The next request tries again.',
    rules: {
      'touch fails': { notes: [TOO_LATE, ''] },
    },
  },
  {
    key: 'store-timeout',
    plain: 'Waits for the store for as long as it takes.',
    sesame: 'Answers 503 after `storeTimeout`, or after twice that in all.',
    why: 'A request never hangs because of the store.',
    rules: {
      'a store that is slower than storeTimeout': (it) =>
        it.answers(1, [200, shown({ count: 4 })], UNAVAILABLE),
    },
  },
  {
    key: 'store-events',
    plain:
      "From the store's `disconnect` event until its `connect` event, `req.session` is `undefined`.",
    sesame: 'Still asks the store.',
    why: 'An application should not see its visitors signed out. A store that is down fails or times out, and that is a 503.',
    rules: {
      'a store that says it is disconnected': {
        '#1.body': ['no session here', shown({ count: 4 })],
        'store.calls': ['', 'get known'],
      },
    },
  },
  {
    key: 'gone-stays-gone',
    plain: 'Saves a session that was destroyed while the request ran, and so brings it back.',
    sesame: 'The session stays gone.',
    why: 'A sign-out also holds for requests that are already running.',
    rules: {
      'a session that was destroyed in the store while the request ran': {
        '#2.body.data.count': [5, undefined],
        'store.calls': ['get known, destroy known, set known', 'destroy known, get known'],
        'store.contents.known': [counting(5), undefined],
      },
    },
  },
  {
    key: 'merge',
    plain: 'The last request to save overwrites what others stored.',
    sesame: 'Keeps what others stored in attributes that this request did not change.',
    why: 'Requests run in parallel.',
    rules: {
      'a session that another request changed while this one ran': {
        '#2.body.data.other': [undefined, 1],
        'store.calls': ['set known', 'get known, set known'],
        'store.contents.known.other': [undefined, 1],
      },
    },
  },
];

function isNoSession(it: Forecast): void {
  it.answers(1, [500, ERROR], [200, shown({})]);
}

/** The visitor whose record was removed is given a new session by the second request. */
function beginsAnew(it: Forecast): void {
  it.put('#2.cookies.connect.sid', issued('sid-2a'));
  it.put('store.calls', 'get known, destroy known, get known, set sid-2a');
  it.put('store.contents', { 'sid-2a': counting(1) });
}

/** express-session sends this response before the store fails. */
function answersTooSoon(it: Forecast, plain: Told): void {
  it.answers(1, plain, UNAVAILABLE);
  it.differs({ notes: [TOO_LATE, ''] });
}
