import type { Expectations } from '../support/scenario.js';
import { issued, recordOf } from '../scenarios/parts.js';

export const storesDifferences: Expectations = {
  'a record that has no cookie': {
    because: ['corrupt-records'],
    differs: {
      '#1.status': [500, 200],
      '#1.message': ['Internal Server Error', 'OK'],
      '#1.body': [
        'an error was told',
        {
          id: true,
          data: {},
          attributes: {
            path: '/',
            httpOnly: true,
            secure: false,
            sameSite: 'lax',
            originalMaxAge: null,
            lifetime: 'none',
          },
        },
      ],
    },
  },
  'a record that has null for a cookie': {
    because: ['corrupt-records'],
    differs: {
      '#1.status': [500, 200],
      '#1.message': ['Internal Server Error', 'OK'],
      '#1.body': [
        'an error was told',
        {
          id: true,
          data: {},
          attributes: {
            path: '/',
            httpOnly: true,
            secure: false,
            sameSite: 'lax',
            originalMaxAge: null,
            lifetime: 'none',
          },
        },
      ],
    },
  },
  'a record that has a text for a cookie': {
    because: ['corrupt-records'],
    differs: {
      '#1.status': [500, 200],
      '#1.message': ['Internal Server Error', 'OK'],
      '#1.body': [
        'an error was told',
        {
          id: true,
          data: {},
          attributes: {
            path: '/',
            httpOnly: true,
            secure: false,
            sameSite: 'lax',
            originalMaxAge: null,
            lifetime: 'none',
          },
        },
      ],
    },
  },
  'a record that has a number for a cookie': {
    because: ['corrupt-records'],
    differs: {
      '#1.status': [500, 200],
      '#1.message': ['Internal Server Error', 'OK'],
      '#1.body': [
        'an error was told',
        {
          id: true,
          data: {},
          attributes: {
            path: '/',
            httpOnly: true,
            secure: false,
            sameSite: 'lax',
            originalMaxAge: null,
            lifetime: 'none',
          },
        },
      ],
    },
  },
  'a record that has an array for a cookie': {
    because: ['corrupt-records'],
    differs: {
      '#1.body.data.count': [4, undefined],
      '#1.body.attributes.secure': [undefined, false],
      '#1.body.attributes.sameSite': [undefined, 'lax'],
      '#1.body.attributes.originalMaxAge': [undefined, null],
      '#2.body': [5, 1],
      '#2.cookies.connect.sid': [undefined, issued('sid-2a')],
      'store.calls': [
        'get known, get known, set known',
        'get known, destroy known, get known, set sid-2a',
      ],
      'store.contents.known': [{ cookie: { httpOnly: true, path: '/' }, count: 5 }, undefined],
      'store.contents.sid-2a': [undefined, recordOf({ count: 1 })],
    },
  },
  'a record that has an empty cookie': {
    because: ['corrupt-records'],
    differs: {
      '#1.body.attributes.secure': [undefined, false],
      '#1.body.attributes.sameSite': [undefined, 'lax'],
      '#1.body.attributes.originalMaxAge': [undefined, null],
      'store.calls': [
        'get known, get known, set known',
        'get known, set known, get known, set known',
      ],
      'store.contents.known.cookie.originalMaxAge': [undefined, null],
      'store.contents.known.cookie.secure': [undefined, false],
      'store.contents.known.cookie.sameSite': [undefined, 'lax'],
    },
  },
  'a record that is null': {
    because: ['store-errors', 'failed-read-destroys'],
    differs: {
      '#1.status': [500, 503],
      '#1.message': ['Internal Server Error', 'Service Unavailable'],
      '#1.headers.retry-after': [undefined, '1'],
      '#2.status': [200, 503],
      '#2.message': ['OK', 'Service Unavailable'],
      '#2.body': [1, 'an error was told'],
      '#2.headers.retry-after': [undefined, '1'],
      '#2.cookies.connect.sid': [issued('sid-2a'), undefined],
      'store.calls': ['get known, destroy known, get known, set sid-2a', 'get known, get known'],
      'store.contents.sid-2a': [recordOf({ count: 1 }), undefined],
      'store.contents.known': [undefined, null],
    },
  },
  'a record that is an array': {
    because: ['corrupt-records'],
    differs: {
      '#1.status': [500, 200],
      '#1.message': ['Internal Server Error', 'OK'],
      '#1.body': [
        'an error was told',
        {
          id: true,
          data: {},
          attributes: {
            path: '/',
            httpOnly: true,
            secure: false,
            sameSite: 'lax',
            originalMaxAge: null,
            lifetime: 'none',
          },
        },
      ],
    },
  },
  'a record that is a text': {
    because: ['store-errors', 'failed-read-destroys'],
    differs: {
      '#1.status': [500, 503],
      '#1.message': ['Internal Server Error', 'Service Unavailable'],
      '#1.headers.retry-after': [undefined, '1'],
      '#2.status': [200, 503],
      '#2.message': ['OK', 'Service Unavailable'],
      '#2.body': [1, 'an error was told'],
      '#2.headers.retry-after': [undefined, '1'],
      '#2.cookies.connect.sid': [issued('sid-2a'), undefined],
      'store.calls': ['get known, destroy known, get known, set sid-2a', 'get known, get known'],
      'store.contents.sid-2a': [recordOf({ count: 1 }), undefined],
      'store.contents.known': [undefined, 'text'],
    },
  },
  'a record that is a number': {
    because: ['store-errors', 'failed-read-destroys'],
    differs: {
      '#1.status': [500, 503],
      '#1.message': ['Internal Server Error', 'Service Unavailable'],
      '#1.headers.retry-after': [undefined, '1'],
      '#2.status': [200, 503],
      '#2.message': ['OK', 'Service Unavailable'],
      '#2.body': [1, 'an error was told'],
      '#2.headers.retry-after': [undefined, '1'],
      '#2.cookies.connect.sid': [issued('sid-2a'), undefined],
      'store.calls': ['get known, destroy known, get known, set sid-2a', 'get known, get known'],
      'store.contents.sid-2a': [recordOf({ count: 1 }), undefined],
      'store.contents.known': [undefined, 7],
    },
  },
  'a record that is not JSON': {
    because: ['store-errors', 'failed-read-destroys'],
    differs: {
      '#1.status': [500, 503],
      '#1.message': ['Internal Server Error', 'Service Unavailable'],
      '#1.headers.retry-after': [undefined, '1'],
      '#2.status': [200, 503],
      '#2.message': ['OK', 'Service Unavailable'],
      '#2.body': [1, 'an error was told'],
      '#2.headers.retry-after': [undefined, '1'],
      '#2.cookies.connect.sid': [issued('sid-2a'), undefined],
      'store.calls': ['get known, destroy known, get known, set sid-2a', 'get known, get known'],
      'store.contents.sid-2a': [recordOf({ count: 1 }), undefined],
      'store.contents.known': [undefined, '{"cookie":'],
    },
  },
  'a record that has an expiry that is no date': {
    because: ['corrupt-records'],
    differs: {
      '#1.body.attributes.lifetime': [null, 30],
      '#1.cookies.connect.sid': [undefined, issued('known', { expiresIn: 59 })],
      'store.calls': [
        'get known, get known, set known',
        'get known, set known, get known, set known',
      ],
    },
  },
  'a record that has a lifetime that is no number': {
    because: ['corrupt-records'],
    differs: {
      '#1.status': [0, 200],
      '#1.message': ['', 'OK'],
      '#1.body': [
        '',
        {
          id: true,
          data: { count: 4 },
          attributes: {
            path: '/',
            httpOnly: true,
            secure: false,
            sameSite: 'lax',
            originalMaxAge: null,
            lifetime: 'none',
          },
        },
      ],
      '#1.headers.connection': [undefined, 'keep-alive'],
      '#1.headers.keep-alive': [undefined, 'timeout=5'],
      '#1.broken': [true, undefined],
      '#2.status': [0, 200],
      '#2.message': ['', 'OK'],
      '#2.body': ['', 5],
      '#2.headers.connection': [undefined, 'keep-alive'],
      '#2.headers.keep-alive': [undefined, 'timeout=5'],
      '#2.broken': [true, undefined],
      notes: ['the response never leaves, the response never leaves', undefined],
      'store.calls': ['get known, get known', 'get known, set known, get known, set known'],
      'store.contents.known.cookie.originalMaxAge': ['long', null],
      'store.contents.known.count': [4, 5],
    },
  },
  'a record that has attributes of a cookie that nobody knows': {
    because: ['takes-over'],
    differs: {
      'store.calls': [
        'get known, get known, set known',
        'get known, set known, get known, set known',
      ],
    },
  },
  'a record that has a __proto__ key': {
    because: ['corrupt-records'],
    differs: {
      '#1.body.data.count': [4, undefined],
      '#1.body.attributes.secure': [undefined, false],
      '#1.body.attributes.sameSite': [undefined, 'lax'],
      '#2.body': [5, 1],
      '#2.cookies.connect.sid': [undefined, issued('sid-2a')],
      'store.calls': [
        'get known, set known, get known, set known',
        'get known, destroy known, get known, set sid-2a',
      ],
      'store.contents.known': [
        { cookie: { originalMaxAge: null, httpOnly: true, path: '/' }, count: 5 },
        undefined,
      ],
      'store.contents.sid-2a': [undefined, recordOf({ count: 1 })],
    },
  },
  'a record that has a __proto__ key deep inside': {
    because: ['corrupt-records'],
    differs: {
      '#1.body.data.a': [{ ['__proto__']: { admin: true } }, undefined],
      '#1.body.data.count': [4, undefined],
      '#1.body.attributes.secure': [undefined, false],
      '#1.body.attributes.sameSite': [undefined, 'lax'],
      '#2.body': [5, 1],
      '#2.cookies.connect.sid': [undefined, issued('sid-2a')],
      'store.calls': [
        'get known, get known, set known',
        'get known, destroy known, get known, set sid-2a',
      ],
      'store.contents.known': [
        {
          cookie: { originalMaxAge: null, httpOnly: true, path: '/' },
          a: { ['__proto__']: { admin: true } },
          count: 5,
        },
        undefined,
      ],
      'store.contents.sid-2a': [undefined, recordOf({ count: 1 })],
    },
  },
  'a record that express-session wrote': {
    because: ['takes-over'],
    differs: {
      'store.calls': [
        'get known, get known, set known',
        'get known, set known, get known, set known',
      ],
    },
  },
  'a record that express-session wrote, with a lifetime': {
    because: ['takes-over'],
    differs: {
      '#1.cookies.connect.sid': [undefined, issued('known', { expiresIn: 59 })],
      'store.calls': [
        'get known, get known, set known',
        'get known, set known, get known, set known',
      ],
    },
  },
  'a record that was written with other cookie attributes': {
    because: ['configured-attributes', 'takes-over'],
    differs: {
      '#1.body.attributes.path': ['/old', '/'],
      '#1.body.attributes.httpOnly': [false, true],
      '#1.body.attributes.sameSite': ['strict', 'lax'],
      'store.calls': [
        'get known, get known, set known',
        'get known, set known, get known, set known',
      ],
      'store.contents.known.cookie.httpOnly': [false, true],
      'store.contents.known.cookie.path': ['/old', '/'],
      'store.contents.known.cookie.sameSite': ['strict', 'lax'],
    },
  },
  'get fails': {
    because: ['store-errors', 'failed-read-destroys'],
    differs: {
      '#1.status': [500, 503],
      '#1.message': ['Internal Server Error', 'Service Unavailable'],
      '#1.headers.retry-after': [undefined, '1'],
      '#2.body.data.count': [undefined, 4],
      'store.calls': ['get known, destroy known, get known', 'get known, get known'],
      'store.contents.known': [undefined, recordOf({ count: 4 })],
    },
  },
  'get fails, with unset keep': {
    because: ['store-errors'],
    differs: {
      '#1.status': [500, 503],
      '#1.message': ['Internal Server Error', 'Service Unavailable'],
      '#1.headers.retry-after': [undefined, '1'],
    },
  },
  'a record that has no cookie, with unset keep': {
    because: ['corrupt-records'],
    differs: {
      '#1.status': [500, 200],
      '#1.message': ['Internal Server Error', 'OK'],
      '#1.body': [
        'an error was told',
        {
          id: true,
          data: {},
          attributes: {
            path: '/',
            httpOnly: true,
            secure: false,
            sameSite: 'lax',
            originalMaxAge: null,
            lifetime: 'none',
          },
        },
      ],
      '#2.status': [500, 200],
      '#2.message': ['Internal Server Error', 'OK'],
      '#2.body': ['an error was told', 1],
      '#2.cookies.connect.sid': [undefined, issued('sid-2a')],
      'store.calls': ['get known, get known', 'get known, destroy known, get known, set sid-2a'],
      'store.contents.known': [{ count: 4 }, undefined],
      'store.contents.sid-2a': [undefined, recordOf({ count: 1 })],
    },
  },
  'get fails, and the session is not looked at': {
    because: ['store-errors', 'failed-read-destroys'],
    differs: {
      '#1.status': [500, 503],
      '#1.message': ['Internal Server Error', 'Service Unavailable'],
      '#1.headers.retry-after': [undefined, '1'],
      '#2.body.data.count': [undefined, 4],
      'store.calls': ['get known, destroy known, get known', 'get known, get known'],
      'store.contents.known': [undefined, recordOf({ count: 4 })],
    },
  },
  'set fails at the end': {
    because: ['store-errors'],
    differs: {
      '#1.status': [200, 503],
      '#1.message': ['OK', 'Service Unavailable'],
      '#1.body': [5, 'an error was told'],
      '#1.headers.retry-after': [undefined, '1'],
      notes: ['an error after the headers had left', undefined],
    },
  },
  'set fails behind a redirect': {
    because: ['store-errors'],
    differs: {
      '#1.status': [302, 503],
      '#1.message': ['Found', 'Service Unavailable'],
      '#1.body': ['', 'an error was told'],
      '#1.headers.location': ['/look', undefined],
      '#1.headers.retry-after': [undefined, '1'],
      notes: ['an error after the headers had left', undefined],
    },
  },
  'set fails in a stream': {
    because: ['store-errors'],
    differs: {
      '#1.status': [200, 503],
      '#1.message': ['OK', 'Service Unavailable'],
      '#1.body': ['one two', 'an error was told'],
      '#1.headers.retry-after': [undefined, '1'],
      notes: ['an error after the headers had left', undefined],
    },
  },
  'set fails for a change in a stream': {
    because: ['store-errors'],
    differs: {
      notes: ['an error after the headers had left', undefined],
    },
  },
  'set fails in save()': {
    because: ['store-errors'],
    differs: {
      '#1.status': [200, 503],
      '#1.message': ['OK', 'Service Unavailable'],
      '#1.body': ['an error', 'an error was told'],
      '#1.headers.retry-after': [undefined, '1'],
      'store.calls': [
        'get known, set known, get known',
        'get known, set known, set known, get known',
      ],
    },
  },
  'get fails in reload()': {
    because: ['store-errors', 'failed-read-destroys'],
    differs: {
      '#1.status': [500, 503],
      '#1.message': ['Internal Server Error', 'Service Unavailable'],
      '#1.headers.retry-after': [undefined, '1'],
      '#2.body.data.count': [undefined, 4],
      'store.calls': ['get known, destroy known, get known', 'get known, get known'],
      'store.contents.known': [undefined, recordOf({ count: 4 })],
    },
  },
  'destroy fails in destroy()': {
    because: ['failed-end'],
    differs: {
      notes: ['an error after the headers had left', undefined],
      'store.calls': [
        'get known, destroy known, destroy known, get known',
        'get known, destroy known, get known',
      ],
    },
  },
  'destroy fails in regenerate()': {
    because: ['failed-end'],
    differs: {
      '#1.cookies.connect.sid': [issued('sid-1a'), undefined],
      'store.calls': [
        'get known, destroy known, set sid-1a, get known',
        'get known, destroy known, get known',
      ],
      'store.contents.sid-1a': [recordOf({}), undefined],
    },
  },
  'touch fails': {
    because: ['failed-touch'],
    differs: {
      notes: ['an error after the headers had left', undefined],
    },
  },
  'set fails for a new session': {
    because: ['store-errors'],
    differs: {
      '#1.status': [200, 503],
      '#1.message': ['OK', 'Service Unavailable'],
      '#1.body': [1, 'an error was told'],
      '#1.headers.retry-after': [undefined, '1'],
      '#1.cookies.connect.sid': [issued('sid-1a'), undefined],
      notes: ['an error after the headers had left', undefined],
      'store.calls': ['set sid-1a, get sid-1a', 'set sid-1a'],
    },
  },
  'destroy fails for req.session = null': {
    because: ['store-errors'],
    differs: {
      '#1.status': [200, 503],
      '#1.message': ['OK', 'Service Unavailable'],
      '#1.body': ['signed out', 'an error was told'],
      '#1.headers.retry-after': [undefined, '1'],
      notes: ['an error after the headers had left', undefined],
    },
  },
  'a store that is slower than storeTimeout': {
    because: ['store-timeout'],
    differs: {
      '#1.status': [200, 503],
      '#1.message': ['OK', 'Service Unavailable'],
      '#1.body': [
        {
          id: true,
          data: { count: 4 },
          attributes: {
            path: '/',
            httpOnly: true,
            secure: false,
            sameSite: 'lax',
            originalMaxAge: null,
            lifetime: 'none',
          },
        },
        'an error was told',
      ],
      '#1.headers.retry-after': [undefined, '1'],
    },
  },
  'a store that says it is disconnected': {
    because: ['store-events'],
    differs: {
      '#1.body': [
        'no session here',
        {
          id: true,
          data: { count: 4 },
          attributes: {
            path: '/',
            httpOnly: true,
            secure: false,
            sameSite: 'lax',
            originalMaxAge: null,
            lifetime: 'none',
          },
        },
      ],
      'store.calls': ['', 'get known'],
    },
  },
  'a session that was destroyed in the store while the request ran': {
    because: ['gone-stays-gone'],
    differs: {
      '#2.body.data.count': [5, undefined],
      'store.calls': [
        'get known, destroy known, set known, get known',
        'destroy known, get known, get known',
      ],
      'store.contents.known': [recordOf({ count: 5 }), undefined],
    },
  },
  'a session that another request changed while this one ran': {
    because: ['merge'],
    differs: {
      '#2.body.data.other': [undefined, 1],
      'store.calls': [
        'get known, set known, get known',
        'get known, get known, set known, get known',
      ],
      'store.contents.known.other': [undefined, 1],
    },
  },
  'the calls of a store for an unchanged session': {
    because: ['no-touch'],
    differs: {
      'store.calls': ['get known, touch known', 'get known'],
    },
  },
  'the calls of a store for a changed session': {
    because: ['look-before-write'],
    differs: {
      'store.calls': ['get known, set known', 'get known, get known, set known'],
    },
  },
  'the calls of a store for a new session': {
    because: ['look-before-write'],
    differs: {
      'store.calls': ['set sid-1a', 'get sid-1a, set sid-1a'],
    },
  },
  'the calls of a store for a session that is not stored and ends': {
    because: ['nothing-to-destroy'],
    differs: {
      'store.calls': ['destroy sid-1a, destroy sid-1a', ''],
    },
  },
  'the expiry that a store is told for a cookie without a lifetime': {
    because: ['stored-expiry'],
    differs: {
      'store.contents.sid-1a.cookie.expiresIn': [undefined, 1800],
    },
  },
};
