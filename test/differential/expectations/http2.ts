import type { Expectations } from '../support/scenario.js';
import { cleared, issued, recordOf } from '../scenarios/parts.js';

export const http2Differences: Expectations = {
  'HTTP/2: a stored session that is only read': {
    because: ['http2'],
    differs: {
      '#1.status': [0, 200],
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
      notes: ['the response never leaves', undefined],
    },
  },
  'HTTP/2: a new session': {
    because: ['http2'],
    differs: {
      '#1.status': [0, 200],
      '#1.body': ['', 1],
      '#1.cookies.connect.sid': [undefined, issued('sid-1a')],
      '#2.status': [0, 200],
      '#2.body': ['', 2],
      '#3.body.data.count': [undefined, 2],
      notes: ['the response never leaves, the response never leaves', undefined],
      'store.calls': ['set sid-1a, set sid-2a', 'set sid-1a, get sid-1a, set sid-1a, get sid-1a'],
      'store.contents.sid-1a.count': [1, 2],
      'store.contents.sid-2a': [recordOf({ count: 1 }), undefined],
    },
  },
  'HTTP/2: a changed session': {
    because: ['http2'],
    differs: {
      '#1.status': [0, 200],
      '#1.body': ['', 5],
      '#2.status': [0, 200],
      '#2.body': [
        '',
        {
          id: true,
          data: { count: 5 },
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
      notes: ['the response never leaves, the response never leaves', undefined],
    },
  },
  'HTTP/2: a session that ends': {
    because: ['clearing-cookie'],
    differs: {
      '#1.status': [0, 200],
      '#1.body': ['', 'destroyed'],
      '#1.cookies.connect.sid': [undefined, cleared()],
      notes: ['the response never leaves', undefined],
    },
  },
  'HTTP/2: regenerate()': {
    because: ['regenerate-empty'],
    differs: {
      '#1.status': [0, 200],
      '#1.body': ['', 'regenerated: sid-1a'],
      '#1.cookies.connect.sid': [undefined, cleared()],
      notes: ['the response never leaves', undefined],
      'store.calls': ['get known, destroy known, set sid-1a', 'get known, destroy known'],
      'store.contents.sid-1a': [recordOf({}), undefined],
    },
  },
  'HTTP/2: HEAD': {
    because: ['http2'],
    differs: {
      '#1.status': [0, 200],
      '#1.cookies.connect.sid': [undefined, issued('sid-1a')],
      '#2.body.data.count': [undefined, 1],
      notes: ['the response never leaves', undefined],
      'store.calls': ['set sid-1a', 'set sid-1a, get sid-1a'],
    },
  },
  'HTTP/2: a stream': {
    because: ['http2'],
    differs: {
      '#2.status': [0, 200],
      '#2.body': [
        '',
        {
          id: true,
          data: { count: 1 },
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
      notes: ['the response never leaves', undefined],
    },
  },
  'HTTP/2: a stream of one chunk': {
    because: ['http2'],
    differs: {
      '#2.status': [0, 200],
      '#2.body': [
        '',
        {
          id: true,
          data: { count: 1 },
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
      notes: ['the response never leaves', undefined],
    },
  },
  'HTTP/2: flushHeaders()': {
    because: ['http2'],
    differs: {
      '#2.status': [0, 200],
      '#2.body': [
        '',
        {
          id: true,
          data: { count: 1 },
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
      notes: ['the response never leaves', undefined],
    },
  },
  'HTTP/2: writeHead() with headers': {
    because: ['http2'],
    differs: {
      '#2.status': [0, 200],
      '#2.body': [
        '',
        {
          id: true,
          data: { count: 1 },
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
      notes: ['the response never leaves', undefined],
    },
  },
  'HTTP/2: a redirect': {
    because: ['http2'],
    differs: {
      '#2.status': [0, 200],
      '#2.body': [
        '',
        {
          id: true,
          data: { count: 1 },
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
      notes: ['the response never leaves', undefined],
    },
  },
  'HTTP/2: status 204': {
    because: ['http2'],
    differs: {
      '#1.status': [0, 204],
      '#1.cookies.connect.sid': [undefined, issued('sid-1a')],
      '#2.body.data.count': [undefined, 1],
      notes: ['the response never leaves', undefined],
      'store.calls': ['set sid-1a', 'set sid-1a, get sid-1a'],
    },
  },
  'HTTP/2: end() without a body': {
    because: ['http2'],
    differs: {
      '#1.status': [0, 200],
      '#1.cookies.connect.sid': [undefined, issued('sid-1a')],
      '#2.body.data.count': [undefined, 1],
      notes: ['the response never leaves', undefined],
      'store.calls': ['set sid-1a', 'set sid-1a, get sid-1a'],
    },
  },
  'HTTP/2: end(text, callback)': {
    because: ['http2'],
    differs: {
      '#1.status': [0, 200],
      '#1.body': ['', 'text'],
      '#1.cookies.connect.sid': [undefined, issued('sid-1a')],
      '#2.body.data.count': [undefined, 1],
      notes: ['the response never leaves', undefined],
      'store.calls': ['set sid-1a', 'set sid-1a, get sid-1a'],
    },
  },
  'HTTP/2: trailers': {
    because: ['http2'],
    differs: {
      '#2.status': [0, 200],
      '#2.body': [
        '',
        {
          id: true,
          data: { count: 1 },
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
      notes: ['the response never leaves', undefined],
    },
  },
  'HTTP/2: a store that fails': {
    because: ['http2'],
    differs: {
      '#1.status': [0, 503],
      '#1.body': ['', 'an error was told'],
      '#1.headers.retry-after': [undefined, '1'],
      notes: ['the response never leaves, the response never leaves', undefined],
    },
  },
};
