import type { Expectations } from '../support/scenario.js';
import { issued } from '../scenarios/parts.js';

export const defaultsDifferences: Expectations = {
  'by its own defaults: a new session': {
    because: ['defaults'],
    differs: {
      '#1.cookies.connect.sid.SameSite': [undefined, 'Lax'],
      'store.contents.sid-1a.cookie.secure': [undefined, false],
      'store.contents.sid-1a.cookie.sameSite': [undefined, 'lax'],
    },
  },
  'by its own defaults: a new session that is untouched': {
    because: ['defaults'],
    differs: {
      '#1.cookies.connect.sid': [
        { id: 'sid-1a', signedWith: 'the secret', Path: '/', HttpOnly: true },
        undefined,
      ],
      'store.calls': ['set sid-1a', ''],
      'store.contents.sid-1a': [
        { cookie: { originalMaxAge: null, httpOnly: true, path: '/' } },
        undefined,
      ],
    },
  },
  'by its own defaults: over HTTPS': {
    because: ['defaults'],
    differs: {
      '#1.cookies.connect.sid.Secure': [undefined, true],
      '#1.cookies.connect.sid.SameSite': [undefined, 'Lax'],
      'store.contents.sid-1a.cookie.secure': [undefined, true],
      'store.contents.sid-1a.cookie.sameSite': [undefined, 'lax'],
    },
  },
  'by its own defaults: a stored session that is only read': {
    because: ['defaults'],
    differs: {
      'store.calls': ['get known, set known, get known, set known', 'get known, get known'],
    },
  },
  'options: no secret': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
  'options: an empty secret': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
  'options: a secret that is no text': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
  'options: a name that is no cookie name': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
  'options: the older name of name': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
  'options: an option that nobody knows': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
  'options: sameSite none without Secure': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
  'options: partitioned without Secure': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
  'options: a sameSite that is unknown': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
  'options: a priority that is unknown': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
  'options: a path with a semicolon': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
  'options: a domain that is none': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
  'options: a maxAge of zero': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
  'options: a maxAge below zero': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
  'options: a maxAge as text': {
    because: ['duration-text'],
    differs: {
      '#1.status': [0, 200],
      '#1.message': ['', 'OK'],
      '#1.body': ['', 1],
      '#1.headers.connection': [undefined, 'keep-alive'],
      '#1.headers.keep-alive': [undefined, 'timeout=5'],
      '#1.cookies.connect.sid': [undefined, issued('sid-1a', { expiresIn: 604800 })],
      '#1.broken': [true, undefined],
      '#2.status': [0, 200],
      '#2.message': ['', 'OK'],
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
            originalMaxAge: 604800000,
            lifetime: 302400,
          },
        },
      ],
      '#2.headers.connection': [undefined, 'keep-alive'],
      '#2.headers.keep-alive': [undefined, 'timeout=5'],
      '#2.broken': [true, undefined],
      notes: [
        'the answer to an error threw, too, the response never leaves, the answer to an error threw, too, the response never leaves',
        undefined,
      ],
      'store.calls': ['', 'set sid-1a, get sid-1a'],
      'store.contents.sid-1a': [
        undefined,
        {
          cookie: {
            originalMaxAge: 604800000,
            secure: false,
            httpOnly: true,
            path: '/',
            sameSite: 'lax',
            expiresIn: 604800,
          },
          count: 1,
        },
      ],
    },
  },
  'options: a maxAge as a Date': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
  'options: expires': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
  'options: an originalMaxAge': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
  'options: encode': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
  'options: a __Host- name that is not Secure': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
  'options: resave as text': {
    because: ['checked-options'],
    differs: {
      start: ['well', 'refused'],
      store: [{ calls: '', contents: {} }, undefined],
    },
  },
};
