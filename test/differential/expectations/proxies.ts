import type { Expectations } from '../support/scenario.js';
import { issued } from '../scenarios/parts.js';

export const proxiesDifferences: Expectations = {
  'secure auto from a function, over HTTPS': {
    because: ['function-auto'],
    differs: {
      '#2.body.attributes.secure': ['auto', true],
      'store.contents.sid-1a.cookie.secure': ['auto', true],
    },
  },
  'secure auto from a function, over plain HTTP': {
    because: ['function-auto'],
    differs: {
      '#1.cookies.connect.sid': [undefined, issued('sid-1a')],
      '#2.body.data.count': [undefined, 1],
      '#2.body.attributes.secure': ['auto', false],
      'store.calls': ['set sid-1a', 'set sid-1a, get sid-1a'],
      'store.contents.sid-1a.cookie.secure': ['auto', false],
    },
  },
  'sameSite auto from a function, over HTTPS': {
    because: ['function-auto'],
    differs: {
      '#1.cookies.connect.sid': [
        undefined,
        {
          id: 'sid-1a',
          signedWith: 'the secret',
          Path: '/',
          HttpOnly: true,
          Secure: true,
          SameSite: 'None',
        },
      ],
      '#2.body.data.count': [undefined, 1],
      '#2.body.attributes.sameSite': ['auto', 'none'],
      notes: ['an error after the headers had left', undefined],
      'store.calls': ['set sid-1a', 'set sid-1a, get sid-1a'],
      'store.contents.sid-1a.cookie.sameSite': ['auto', 'none'],
    },
  },
  'sameSite auto from a function, over plain HTTP': {
    because: ['function-auto'],
    differs: {
      '#1.cookies.connect.sid': [undefined, issued('sid-1a')],
      '#2.body.data.count': [undefined, 1],
      '#2.body.attributes.sameSite': ['auto', 'lax'],
      notes: ['an error after the headers had left', undefined],
      'store.calls': ['set sid-1a', 'set sid-1a, get sid-1a'],
      'store.contents.sid-1a.cookie.sameSite': ['auto', 'lax'],
    },
  },
  'a session that began over HTTPS goes on over plain HTTP': {
    because: ['configured-attributes'],
    differs: {
      '#3.body.attributes.secure': [true, false],
      'store.contents.sid-1a.cookie.secure': [true, false],
    },
  },
  'a session that began over plain HTTP goes on over HTTPS': {
    because: ['configured-attributes'],
    differs: {
      '#3.body.attributes.secure': [false, true],
      'store.contents.sid-1a.cookie.secure': [false, true],
    },
  },
};
