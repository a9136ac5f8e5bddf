import type { Expectations } from '../support/scenario.js';

export const cookiesDifferences: Expectations = {
  'cookie path /admin, beside at /administrator': {
    because: ['path-matching'],
    differs: {
      '#1.body': [1, 'no session here'],
      '#1.cookies.connect.sid': [
        { id: 'sid-1a', signedWith: 'the secret', Path: '/admin', HttpOnly: true, SameSite: 'Lax' },
        undefined,
      ],
      'store.calls': ['set sid-1a', ''],
      'store.contents.sid-1a': [
        {
          cookie: {
            originalMaxAge: null,
            secure: false,
            httpOnly: true,
            path: '/admin',
            sameSite: 'lax',
          },
          count: 1,
        },
        undefined,
      ],
    },
  },
  'cookie path /admin, beside at /administrator, from a function': {
    because: ['path-matching'],
    differs: {
      '#1.body': [1, 'no session here'],
      '#1.cookies.connect.sid': [
        { id: 'sid-1a', signedWith: 'the secret', Path: '/admin', HttpOnly: true, SameSite: 'Lax' },
        undefined,
      ],
      'store.calls': ['set sid-1a', ''],
      'store.contents.sid-1a': [
        {
          cookie: {
            originalMaxAge: null,
            secure: false,
            httpOnly: true,
            path: '/admin',
            sameSite: 'lax',
          },
          count: 1,
        },
        undefined,
      ],
    },
  },
  'a cookie function that tells another path later': {
    because: ['configured-attributes'],
    differs: {
      '#2.body.attributes.sameSite': ['lax', 'strict'],
      'store.contents.sid-1a.cookie.sameSite': ['lax', 'strict'],
    },
  },
};
