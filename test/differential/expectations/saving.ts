import type { Expectations } from '../support/scenario.js';
import { cleared, issued, recordOf } from '../scenarios/parts.js';

export const savingDifferences: Expectations = {
  'resave true': {
    because: ['no-resave'],
    differs: {
      'store.calls': ['get known, set known, get known, set known', 'get known, get known'],
    },
  },
  'rolling, an unchanged stored session': {
    because: ['rolling-with-touch'],
    differs: {
      '#1.cookies.connect.sid': [issued('known'), undefined],
    },
  },
  'rolling with a maxAge, an unchanged stored session': {
    because: ['rolling-with-touch'],
    differs: {
      '#2.cookies.connect.sid': [issued('sid-1a', { expiresIn: 60 }), undefined],
    },
  },
  'req.session = null, in a stored session': {
    because: ['clearing-cookie'],
    differs: {
      '#1.cookies.connect.sid': [undefined, cleared()],
    },
  },
  'req.session = undefined, in a stored session': {
    because: ['clearing-cookie'],
    differs: {
      '#1.cookies.connect.sid': [undefined, cleared()],
    },
  },
  'delete req.session, in a stored session': {
    because: ['clearing-cookie'],
    differs: {
      '#1.cookies.connect.sid': [undefined, cleared()],
    },
  },
  'req.session = a plain object, in a stored session': {
    because: ['not-a-session'],
    differs: {
      '#1.status': [0, 200],
      '#1.message': ['', 'OK'],
      '#1.body': ['', 'done'],
      '#1.headers.connection': [undefined, 'keep-alive'],
      '#1.headers.keep-alive': [undefined, 'timeout=5'],
      '#1.broken': [true, undefined],
      '#2.body.data.count': [4, 7],
      notes: ['the response never leaves', undefined],
      'store.calls': ['get known, get known', 'get known, set known, get known'],
      'store.contents.known.count': [4, 7],
    },
  },
  'req.session = a plain object, in a new session': {
    because: ['not-a-session'],
    differs: {
      '#1.status': [0, 200],
      '#1.message': ['', 'OK'],
      '#1.body': ['', 'done'],
      '#1.headers.connection': [undefined, 'keep-alive'],
      '#1.headers.keep-alive': [undefined, 'timeout=5'],
      '#1.cookies.connect.sid': [undefined, issued('sid-1a')],
      '#1.broken': [true, undefined],
      '#2.body.data.count': [undefined, 7],
      notes: ['the response never leaves', undefined],
      'store.calls': ['', 'set sid-1a, get sid-1a'],
      'store.contents.sid-1a': [undefined, recordOf({ count: 7 })],
    },
  },
  'req.session = false, in a stored session': {
    because: ['not-a-session'],
    differs: {
      '#1.cookies.connect.sid': [undefined, cleared()],
      '#2.body.data.count': [4, undefined],
      'store.calls': ['get known, get known', 'get known, destroy known, get known'],
      'store.contents.known': [recordOf({ count: 4 }), undefined],
    },
  },
  'req.session = a string, in a stored session': {
    because: ['not-a-session'],
    differs: {
      '#1.status': [0, 200],
      '#1.message': ['', 'OK'],
      '#1.body': ['', 'done'],
      '#1.headers.connection': [undefined, 'keep-alive'],
      '#1.headers.keep-alive': [undefined, 'timeout=5'],
      '#1.cookies.connect.sid': [undefined, cleared()],
      '#1.broken': [true, undefined],
      '#2.body.data.count': [4, undefined],
      notes: ['the response never leaves', undefined],
      'store.calls': ['get known, get known', 'get known, destroy known, get known'],
      'store.contents.known': [recordOf({ count: 4 }), undefined],
    },
  },
  'req.session = a string, in a new session': {
    because: ['not-a-session'],
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
  'req.sessionID is written, in a stored session': {
    because: ['fixed-session-id'],
    differs: {
      '#1.cookies.connect.sid': [issued('chosen'), undefined],
    },
  },
  'req.sessionID is written, in a new session': {
    because: ['fixed-session-id'],
    differs: {
      '#1.cookies.connect.sid.id': ['chosen', 'sid-1a'],
      '#2.body.data.count': [undefined, 1],
      'store.calls': ['set sid-1a, get chosen', 'set sid-1a, get sid-1a'],
    },
  },
  'an attribute is a function, in a stored session': {
    because: ['unstorable'],
    differs: {
      '#1.status': [200, 500],
      '#1.message': ['OK', 'Internal Server Error'],
      '#1.body': ['done', 'an error was told'],
    },
  },
  'an attribute is a function, in a new session': {
    because: ['unstorable'],
    differs: {
      '#1.status': [200, 500],
      '#1.message': ['OK', 'Internal Server Error'],
      '#1.body': ['done', 'an error was told'],
    },
  },
  'an attribute is a Map, in a stored session': {
    because: ['unstorable'],
    differs: {
      '#1.status': [200, 500],
      '#1.message': ['OK', 'Internal Server Error'],
      '#1.body': ['done', 'an error was told'],
      '#2.body.data.map': [{}, undefined],
      'store.calls': ['get known, set known, get known', 'get known, get known'],
      'store.contents.known.map': [{}, undefined],
    },
  },
  'an attribute is a Map, in a new session': {
    because: ['unstorable'],
    differs: {
      '#1.status': [200, 500],
      '#1.message': ['OK', 'Internal Server Error'],
      '#1.body': ['done', 'an error was told'],
      '#1.cookies.connect.sid': [issued('sid-1a'), undefined],
      '#2.body.data.map': [{}, undefined],
      'store.calls': ['set sid-1a, get sid-1a', ''],
      'store.contents.sid-1a': [recordOf({ map: {} }), undefined],
    },
  },
  'an attribute is a BigInt, in a stored session': {
    because: ['unstorable'],
    differs: {
      '#1.status': [0, 500],
      '#1.message': ['', 'Internal Server Error'],
      '#1.body': ['', 'an error was told'],
      '#1.headers.connection': [undefined, 'keep-alive'],
      '#1.headers.keep-alive': [undefined, 'timeout=5'],
      '#1.broken': [true, undefined],
      notes: ['the response never leaves', undefined],
    },
  },
  'an attribute is a BigInt, in a new session': {
    because: ['unstorable'],
    differs: {
      '#1.status': [0, 500],
      '#1.message': ['', 'Internal Server Error'],
      '#1.body': ['', 'an error was told'],
      '#1.headers.connection': [undefined, 'keep-alive'],
      '#1.headers.keep-alive': [undefined, 'timeout=5'],
      '#1.broken': [true, undefined],
      notes: ['the response never leaves', undefined],
    },
  },
  'an attribute is a cycle, in a stored session': {
    because: ['unstorable'],
    differs: {
      '#1.status': [0, 500],
      '#1.message': ['', 'Internal Server Error'],
      '#1.body': ['', 'an error was told'],
      '#1.headers.connection': [undefined, 'keep-alive'],
      '#1.headers.keep-alive': [undefined, 'timeout=5'],
      '#1.broken': [true, undefined],
      notes: ['the response never leaves', undefined],
    },
  },
  'an attribute is a cycle, in a new session': {
    because: ['unstorable'],
    differs: {
      '#1.status': [0, 500],
      '#1.message': ['', 'Internal Server Error'],
      '#1.body': ['', 'an error was told'],
      '#1.headers.connection': [undefined, 'keep-alive'],
      '#1.headers.keep-alive': [undefined, 'timeout=5'],
      '#1.broken': [true, undefined],
      notes: ['the response never leaves', undefined],
    },
  },
};
