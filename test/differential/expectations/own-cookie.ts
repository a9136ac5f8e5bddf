import type { Expectations } from '../support/scenario.js';
import { issued } from '../scenarios/parts.js';

export const ownCookieDifferences: Expectations = {
  'cookie.maxAge is set, and nothing else': {
    because: ['cookie-change'],
    differs: {
      '#2.cookies.connect.sid': [undefined, issued('sid-1a', { expiresIn: 119 })],
      'store.calls': [
        'set sid-1a, get sid-1a, get sid-1a',
        'set sid-1a, get sid-1a, set sid-1a, get sid-1a',
      ],
    },
  },
  'cookie.maxAge is set to null, in a changed stored session': {
    because: ['cookie-change'],
    differs: {
      '#2.cookies.connect.sid': [undefined, issued('sid-1a')],
    },
  },
  'cookie.maxAge is set to null, and nothing else': {
    because: ['cookie-change'],
    differs: {
      '#2.cookies.connect.sid': [undefined, issued('sid-1a')],
      'store.calls': [
        'set sid-1a, get sid-1a, get sid-1a',
        'set sid-1a, get sid-1a, set sid-1a, get sid-1a',
      ],
    },
  },
  'cookie.expires is set, and nothing else': {
    because: ['cookie-change'],
    differs: {
      '#2.cookies.connect.sid': [undefined, issued('sid-1a', { expiresIn: 120 })],
      'store.calls': [
        'set sid-1a, get sid-1a, get sid-1a',
        'set sid-1a, get sid-1a, set sid-1a, get sid-1a',
      ],
    },
  },
  'cookie.expires is set to null, in a changed stored session': {
    because: ['cookie-change'],
    differs: {
      '#2.cookies.connect.sid': [undefined, issued('sid-1a')],
    },
  },
  'cookie.expires is set to null, and nothing else': {
    because: ['cookie-change'],
    differs: {
      '#2.cookies.connect.sid': [undefined, issued('sid-1a')],
      'store.calls': [
        'set sid-1a, get sid-1a, get sid-1a',
        'set sid-1a, get sid-1a, set sid-1a, get sid-1a',
      ],
    },
  },
  'cookie.expires is set to false, in a new session': {
    because: ['lifetime-false'],
    differs: {
      '#2.body.attributes.originalMaxAge': [false, null],
      '#3.cookies.connect.sid': [issued('sid-1a'), undefined],
      'store.contents.sid-1a.cookie.originalMaxAge': [false, null],
    },
  },
  'cookie.expires is set to false, in a changed stored session': {
    because: ['lifetime-false'],
    differs: {
      '#3.body.attributes.originalMaxAge': [false, null],
      'store.contents.sid-1a.cookie.originalMaxAge': [false, null],
    },
  },
  'cookie.expires is set to false, and nothing else': {
    because: ['lifetime-false', 'cookie-change'],
    differs: {
      '#2.cookies.connect.sid': [undefined, issued('sid-1a')],
      '#3.body.attributes.originalMaxAge': [false, null],
      'store.calls': [
        'set sid-1a, get sid-1a, get sid-1a',
        'set sid-1a, get sid-1a, set sid-1a, get sid-1a',
      ],
      'store.contents.sid-1a.cookie.originalMaxAge': [false, null],
    },
  },
  'cookie.path is set, in a changed stored session': {
    because: ['cookie-change'],
    differs: {
      '#2.cookies.connect.sid': [
        undefined,
        { id: 'sid-1a', signedWith: 'the secret', Path: '/do', HttpOnly: true, SameSite: 'Lax' },
      ],
    },
  },
  'cookie.path is set, and nothing else': {
    because: ['cookie-change'],
    differs: {
      '#2.cookies.connect.sid': [
        undefined,
        { id: 'sid-1a', signedWith: 'the secret', Path: '/do', HttpOnly: true, SameSite: 'Lax' },
      ],
      'store.calls': [
        'set sid-1a, get sid-1a, get sid-1a',
        'set sid-1a, get sid-1a, set sid-1a, get sid-1a',
      ],
    },
  },
  'cookie.domain is set, in a changed stored session': {
    because: ['cookie-change'],
    differs: {
      '#2.cookies.connect.sid': [undefined, issued('sid-1a', { Domain: 'example.com' })],
    },
  },
  'cookie.domain is set, and nothing else': {
    because: ['cookie-change'],
    differs: {
      '#2.cookies.connect.sid': [undefined, issued('sid-1a', { Domain: 'example.com' })],
      'store.calls': [
        'set sid-1a, get sid-1a, get sid-1a',
        'set sid-1a, get sid-1a, set sid-1a, get sid-1a',
      ],
    },
  },
  'cookie.httpOnly is set, in a changed stored session': {
    because: ['cookie-change'],
    differs: {
      '#2.cookies.connect.sid': [
        undefined,
        { id: 'sid-1a', signedWith: 'the secret', Path: '/', SameSite: 'Lax' },
      ],
    },
  },
  'cookie.httpOnly is set, and nothing else': {
    because: ['cookie-change'],
    differs: {
      '#2.cookies.connect.sid': [
        undefined,
        { id: 'sid-1a', signedWith: 'the secret', Path: '/', SameSite: 'Lax' },
      ],
      'store.calls': [
        'set sid-1a, get sid-1a, get sid-1a',
        'set sid-1a, get sid-1a, set sid-1a, get sid-1a',
      ],
    },
  },
  'cookie.secure is set, and nothing else': {
    because: ['cookie-change'],
    differs: {
      'store.calls': [
        'set sid-1a, get sid-1a, get sid-1a',
        'set sid-1a, get sid-1a, set sid-1a, get sid-1a',
      ],
    },
  },
  'cookie.sameSite is set, in a changed stored session': {
    because: ['cookie-change'],
    differs: {
      '#2.cookies.connect.sid': [
        undefined,
        { id: 'sid-1a', signedWith: 'the secret', Path: '/', HttpOnly: true, SameSite: 'Strict' },
      ],
    },
  },
  'cookie.sameSite is set, and nothing else': {
    because: ['cookie-change'],
    differs: {
      '#2.cookies.connect.sid': [
        undefined,
        { id: 'sid-1a', signedWith: 'the secret', Path: '/', HttpOnly: true, SameSite: 'Strict' },
      ],
      'store.calls': [
        'set sid-1a, get sid-1a, get sid-1a',
        'set sid-1a, get sid-1a, set sid-1a, get sid-1a',
      ],
    },
  },
  'cookie.originalMaxAge is set, and nothing else': {
    because: ['cookie-change'],
    differs: {
      '#2.cookies.connect.sid': [undefined, issued('sid-1a', { expiresIn: 89 })],
      'store.calls': [
        'set sid-1a, get sid-1a, get sid-1a',
        'set sid-1a, get sid-1a, set sid-1a, get sid-1a',
      ],
    },
  },
};
