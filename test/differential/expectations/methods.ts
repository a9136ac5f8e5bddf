import type { Expectations } from '../support/scenario.js';
import { cleared, issued, recordOf } from '../scenarios/parts.js';

export const methodsDifferences: Expectations = {
  'regenerate(), in a stored session': {
    because: ['regenerate-empty'],
    differs: {
      '#1.cookies.connect.sid.id': ['sid-1a', undefined],
      '#1.cookies.connect.sid.signedWith': ['the secret', undefined],
      '#1.cookies.connect.sid.value': [undefined, ''],
      '#1.cookies.connect.sid.expiresIn': [undefined, 'over'],
      'store.calls': [
        'get known, destroy known, set sid-1a, get sid-1a, get known',
        'get known, destroy known, get known',
      ],
      'store.contents.sid-1a': [recordOf({}), undefined],
    },
  },
  'regenerate(), in a new session': {
    because: ['regenerate-empty'],
    differs: {
      '#1.cookies.connect.sid': [issued('sid-1b'), undefined],
      'store.calls': ['set sid-1b, get sid-1b', ''],
      'store.contents.sid-1b': [recordOf({}), undefined],
    },
  },
  'a write, then regenerate(), in a stored session': {
    because: ['regenerate-empty'],
    differs: {
      '#1.cookies.connect.sid.id': ['sid-1a', undefined],
      '#1.cookies.connect.sid.signedWith': ['the secret', undefined],
      '#1.cookies.connect.sid.value': [undefined, ''],
      '#1.cookies.connect.sid.expiresIn': [undefined, 'over'],
      'store.calls': [
        'get known, destroy known, set sid-1a, get sid-1a, get known',
        'get known, destroy known, get known',
      ],
      'store.contents.sid-1a': [recordOf({}), undefined],
    },
  },
  'a write, then regenerate(), in a new session': {
    because: ['regenerate-empty'],
    differs: {
      '#1.cookies.connect.sid': [issued('sid-1b'), undefined],
      'store.calls': ['set sid-1b, get sid-1b', ''],
      'store.contents.sid-1b': [recordOf({}), undefined],
    },
  },
  'regenerate(), a write to the old object, in a stored session': {
    because: ['regenerate-empty'],
    differs: {
      '#1.cookies.connect.sid.id': ['sid-1a', undefined],
      '#1.cookies.connect.sid.signedWith': ['the secret', undefined],
      '#1.cookies.connect.sid.value': [undefined, ''],
      '#1.cookies.connect.sid.expiresIn': [undefined, 'over'],
      'store.calls': [
        'get known, destroy known, set sid-1a, get sid-1a, get known',
        'get known, destroy known, get known',
      ],
      'store.contents.sid-1a': [recordOf({}), undefined],
    },
  },
  'regenerate(), a write to the old object, in a new session': {
    because: ['regenerate-empty'],
    differs: {
      '#1.cookies.connect.sid': [issued('sid-1b'), undefined],
      'store.calls': ['set sid-1b, get sid-1b', ''],
      'store.contents.sid-1b': [recordOf({}), undefined],
    },
  },
  'regenerate(), a write, save(), in a stored session': {
    because: ['saved-once'],
    differs: {
      'store.calls': [
        'get known, destroy known, set sid-1a, set sid-1a, get sid-1a, get known',
        'get known, destroy known, set sid-1a, get sid-1a, get known',
      ],
    },
  },
  'regenerate(), a write, save(), in a new session': {
    because: ['saved-once'],
    differs: {
      'store.calls': ['set sid-1b, set sid-1b, get sid-1b', 'set sid-1b, get sid-1b'],
    },
  },
  'destroy() with a callback, in a stored session': {
    because: ['clearing-cookie'],
    differs: {
      '#1.cookies.connect.sid': [undefined, cleared()],
    },
  },
  'destroy() without a callback, in a stored session': {
    because: ['clearing-cookie'],
    differs: {
      '#1.cookies.connect.sid': [undefined, cleared()],
    },
  },
  'destroy(), then a write to the old object, in a stored session': {
    because: ['clearing-cookie'],
    differs: {
      '#1.cookies.connect.sid': [undefined, cleared()],
    },
  },
  'a write, then destroy(), in a stored session': {
    because: ['clearing-cookie'],
    differs: {
      '#1.cookies.connect.sid': [undefined, cleared()],
    },
  },
  'destroy() returns the session, in a stored session': {
    because: ['clearing-cookie'],
    differs: {
      '#1.cookies.connect.sid': [undefined, cleared()],
    },
  },
  'destroy(), then save() of the old object, in a stored session': {
    because: ['ended-object', 'clearing-cookie'],
    differs: {
      '#1.body': ['no error', 'an error'],
      '#1.cookies.connect.sid': [undefined, cleared()],
      'store.calls': [
        'get known, destroy known, set known, destroy known, get known',
        'get known, destroy known, get known',
      ],
    },
  },
  'destroy(), then save() of the old object, in a new session': {
    because: ['ended-object', 'clearing-cookie'],
    differs: {
      '#1.body': ['no error', 'an error'],
      'store.calls': ['set sid-1a, destroy sid-1a', ''],
    },
  },
  'destroy() with unset keep, in a stored session': {
    because: ['clearing-cookie'],
    differs: {
      '#1.cookies.connect.sid': [undefined, cleared()],
    },
  },
  'destroy(), then req.session is given an object, in a stored session': {
    because: ['not-a-session', 'clearing-cookie'],
    differs: {
      '#1.status': [0, 200],
      '#1.message': ['', 'OK'],
      '#1.body': ['', 'done'],
      '#1.headers.connection': [undefined, 'keep-alive'],
      '#1.headers.keep-alive': [undefined, 'timeout=5'],
      '#1.cookies.connect.sid': [undefined, cleared()],
      '#1.broken': [true, undefined],
      notes: ['the response never leaves', undefined],
    },
  },
  'destroy(), then req.session is given an object, in a new session': {
    because: ['not-a-session', 'clearing-cookie'],
    differs: {
      '#1.status': [0, 200],
      '#1.message': ['', 'OK'],
      '#1.body': ['', 'done'],
      '#1.headers.connection': [undefined, 'keep-alive'],
      '#1.headers.keep-alive': [undefined, 'timeout=5'],
      '#1.broken': [true, undefined],
      notes: ['the response never leaves', undefined],
    },
  },
  'reload() of what another process wrote, in a stored session': {
    because: ['saved-once'],
    differs: {
      'store.calls': [
        'get known, get known, set known, get known',
        'get known, get known, get known',
      ],
    },
  },
  'reload() of what another process wrote, in a new session': {
    because: ['saved-once'],
    differs: {
      'store.calls': ['get sid-1a, set sid-1a, get sid-1a', 'get sid-1a, get sid-1a'],
    },
  },
  'save() of an unchanged session, in a new session': {
    because: ['saved-gets-cookie'],
    differs: {
      '#1.cookies.connect.sid': [undefined, issued('sid-1a')],
      'store.calls': ['set sid-1a', 'set sid-1a, get sid-1a'],
    },
  },
  'save() returns the session, in a stored session': {
    because: ['save-chains'],
    differs: {
      '#1.body': [false, true],
    },
  },
  'save() returns the session, in a new session': {
    because: ['save-chains'],
    differs: {
      '#1.body': [false, true],
    },
  },
  'save() of an older object after regenerate(), in a stored session': {
    because: ['ended-object', 'regenerate-empty'],
    differs: {
      '#1.body': ['no error', 'an error'],
      '#1.cookies.connect.sid.id': ['sid-1a', undefined],
      '#1.cookies.connect.sid.signedWith': ['the secret', undefined],
      '#1.cookies.connect.sid.value': [undefined, ''],
      '#1.cookies.connect.sid.expiresIn': [undefined, 'over'],
      '#3.body.data.count': [50, undefined],
      'store.calls': [
        'get known, destroy known, set known, set sid-1a, get sid-1a, get known',
        'get known, destroy known, get known',
      ],
      'store.contents.known': [recordOf({ count: 50 }), undefined],
      'store.contents.sid-1a': [recordOf({}), undefined],
    },
  },
  'save() of an older object after regenerate(), in a new session': {
    because: ['ended-object', 'regenerate-empty'],
    differs: {
      '#1.body': ['no error', 'an error'],
      '#1.cookies.connect.sid': [issued('sid-1b'), undefined],
      'store.calls': ['set sid-1a, set sid-1b, get sid-1b', ''],
      'store.contents.sid-1a': [recordOf({ count: 50 }), undefined],
      'store.contents.sid-1b': [recordOf({}), undefined],
    },
  },
  'touch() with a maxAge, in a stored session': {
    because: ['configured-attributes'],
    differs: {
      '#1.body': [0, 60],
      '#1.cookies.connect.sid': [undefined, issued('known', { expiresIn: 59 })],
      '#2.body.data.count': [undefined, 5],
      '#3.body.attributes.originalMaxAge': [null, 60000],
      '#3.body.attributes.lifetime': ['none', 30],
      'store.calls': [
        'get known, set known, get known',
        'get known, set known, get known, get known',
      ],
      'store.contents.known.cookie.originalMaxAge': [null, 60000],
      'store.contents.known.cookie.expiresIn': [undefined, 60],
    },
  },
  'sessionStore.set() of the own session, in a stored session': {
    because: ['saved-once'],
    differs: {
      'store.calls': [
        'get known, set known, set known, get known',
        'get known, set known, get known',
      ],
    },
  },
  'sessionStore.set() of the own session, in a new session': {
    because: ['saved-once'],
    differs: {
      'store.calls': ['set sid-1a, set sid-1a, get sid-1a', 'set sid-1a, get sid-1a'],
    },
  },
  'sessionStore.destroy() of the own session, in a stored session': {
    because: ['store-ends-session', 'clearing-cookie'],
    differs: {
      '#1.body': ['no error,object', 'no error,undefined'],
      '#1.cookies.connect.sid': [undefined, cleared()],
    },
  },
  'sessionStore.destroy() of the own session, in a new session': {
    because: ['store-ends-session', 'clearing-cookie'],
    differs: {
      '#1.body': ['no error,object', 'no error,undefined'],
    },
  },
  'sessionStore.set() of another session, in a stored session': {
    because: ['store-stand-in'],
    differs: {
      '#1.body': ['no error', 'an error'],
      'store.calls': ['get known, set other, get known', 'get known, get known'],
      'store.contents.other': [recordOf({ count: 9 }), undefined],
    },
  },
  'sessionStore.set() of another session, in a new session': {
    because: ['store-stand-in'],
    differs: {
      '#1.body': ['no error', 'an error'],
      'store.calls': ['set other', ''],
      'store.contents.other': [recordOf({ count: 9 }), undefined],
    },
  },
  'sessionStore.all and length, in a stored session': {
    because: ['store-stand-in'],
    differs: {
      '#1.body': ['function,function', 'undefined,undefined'],
    },
  },
  'sessionStore.all and length, in a new session': {
    because: ['store-stand-in'],
    differs: {
      '#1.body': ['function,function', 'undefined,undefined'],
    },
  },
};
