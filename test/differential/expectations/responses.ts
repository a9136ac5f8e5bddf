import type { Expectations } from '../support/scenario.js';
import { issued, recordOf } from '../scenarios/parts.js';

export const responsesDifferences: Expectations = {
  'end(callback)': {
    because: ['end-callback'],
    differs: {
      '#1.status': [0, 200],
      '#1.message': ['', 'OK'],
      '#1.headers.connection': [undefined, 'keep-alive'],
      '#1.headers.keep-alive': [undefined, 'timeout=5'],
      '#1.cookies.connect.sid': [undefined, issued('sid-1a')],
      '#1.broken': [true, undefined],
      '#3.body.data.count': [undefined, 1],
      notes: ['an error after the headers had left, called', 'called, called'],
      'store.calls': ['set sid-1a', 'set sid-1a, get sid-1a, get sid-1a'],
    },
  },
  'end(text, encoding, callback)': {
    because: ['end-callback'],
    differs: {
      notes: [undefined, 'called, called'],
    },
  },
  'end() answers the response': {
    because: ['end-answer'],
    differs: {
      notes: ['false, false', 'true, true'],
    },
  },
  'end() twice, with a callback': {
    because: ['end-callback'],
    differs: {
      notes: [undefined, 'called'],
    },
  },
  'write() after end()': {
    because: ['write-after-end'],
    differs: {
      '#1.body': ['first second', 'first '],
      '#2.body': ['first second', 'first '],
      notes: [undefined, 'error'],
    },
  },
  'headersSent and writableEnded after end()': {
    because: ['end-answer'],
    differs: {
      notes: ['true false, true false', 'true true, true true'],
    },
  },
  'the session changes while the response streams': {
    because: ['stored-before-stream'],
    differs: {
      'store.calls': [
        'set sid-1a, get sid-1a, get sid-1a',
        'set sid-1a, set sid-1a, get sid-1a, get sid-1a',
      ],
    },
  },
  'the session changes after flushHeaders()': {
    because: ['stored-before-stream'],
    differs: {
      'store.calls': [
        'set sid-1a, get sid-1a, get sid-1a',
        'set sid-1a, set sid-1a, get sid-1a, get sid-1a',
      ],
    },
  },
  'the session changes in a later turn of a stream': {
    because: ['stored-before-stream'],
    differs: {
      'store.calls': [
        'set sid-1a, get sid-1a, get sid-1a',
        'set sid-1a, set sid-1a, get sid-1a, get sid-1a',
      ],
    },
  },
  'the session is destroyed while the response streams': {
    because: ['stored-before-stream'],
    differs: {
      'store.calls': [
        'get sid-1a, get sid-1a',
        'set sid-1a, destroy sid-1a, get sid-1a, get sid-1a',
      ],
    },
  },
  'the session is set to null while the response streams': {
    because: ['stored-before-stream'],
    differs: {
      '#1.cookies.connect.sid': [issued('sid-1a'), undefined],
      'store.calls': ['get sid-1a, get sid-1a', 'set sid-1a, destroy sid-1a'],
    },
  },
  'destroy() of the response': {
    because: ['broken-response'],
    differs: {
      'store.calls': ['', 'set sid-1a'],
      'store.contents.sid-1a': [undefined, recordOf({ count: 1 })],
    },
  },
  'the framing of a body given whole': {
    because: ['whole-body'],
    differs: {
      '#1.headers.transfer-encoding': ['chunked', undefined],
      '#1.headers.content-length': [undefined, '4'],
      '#2.headers.transfer-encoding': ['chunked', undefined],
      '#2.headers.content-length': [undefined, '4'],
      '#3.headers.transfer-encoding': ['chunked', undefined],
      '#3.headers.content-length': [undefined, '144'],
    },
  },
  'the headers that caches read': {
    because: ['cache-headers'],
    differs: {
      '#1.headers.cache-control': [undefined, 'no-cache="Set-Cookie"'],
      '#1.headers.vary': [undefined, 'Cookie'],
    },
  },
};
