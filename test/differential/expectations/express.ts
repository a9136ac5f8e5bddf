import type { Expectations } from '../support/scenario.js';
import { issued, recordOf } from '../scenarios/parts.js';

export const expressDifferences: Expectations = {
  'an error thrown after send()': {
    because: ['end-answer'],
    differs: {
      '#1.status': [0, 200],
      '#1.message': ['', 'OK'],
      '#1.body': ['', 'text'],
      '#1.headers.content-type': [undefined, 'text/html; charset=utf-8'],
      '#1.headers.etag': [undefined, 'W/"4-Ny6gjKsz5xwCxlHbyDpHTTLGduo"'],
      '#1.headers.connection': [undefined, 'keep-alive'],
      '#1.headers.keep-alive': [undefined, 'timeout=5'],
      '#1.cookies.connect.sid': [undefined, issued('sid-1a')],
      '#1.broken': [true, undefined],
      '#3.body.data.count': [undefined, 1],
      'store.calls': ['set sid-1a', 'set sid-1a, get sid-1a, get sid-1a'],
    },
  },
  'an error thrown in a stream': {
    because: ['end-answer'],
    differs: {
      '#1.status': [0, 200],
      '#1.message': ['', 'OK'],
      '#1.body': ['', 'one two'],
      '#1.headers.connection': [undefined, 'keep-alive'],
      '#1.headers.keep-alive': [undefined, 'timeout=5'],
      '#1.cookies.connect.sid': [undefined, issued('sid-1a')],
      '#1.broken': [true, undefined],
      '#3.body.data.count': [undefined, 1],
      'store.calls': ['set sid-1a', 'set sid-1a, get sid-1a, get sid-1a'],
    },
  },
  'req.secret instead of an option': {
    because: ['secret-option'],
    differs: {
      start: ['well', 'refused'],
      '#1': [
        {
          status: 200,
          message: 'OK',
          body: 1,
          trailers: {},
          headers: { connection: 'keep-alive', 'keep-alive': 'timeout=5' },
          cookies: {
            'connect.sid': {
              value: 's%3Asid-1a.djSdl8gNTkbu4aXK2W%2BwwxrpdjQZhZQ2hfcN1fmhZy4',
              Path: '/',
              HttpOnly: true,
              SameSite: 'Lax',
            },
          },
        },
        undefined,
      ],
      store: [{ calls: 'set sid-1a', contents: { 'sid-1a': recordOf({ count: 1 }) } }, undefined],
    },
  },
  'req.signedCookies of cookie-parser': {
    because: ['cookie-parser'],
    differs: {
      '#1.body': [5, 1],
      '#1.cookies.connect.sid': [undefined, issued('sid-1a')],
      '#2.body': [6, 2],
      'store.calls': [
        'get known, set known, get known, set known',
        'set sid-1a, get sid-1a, set sid-1a',
      ],
      'store.contents.known.count': [6, 4],
      'store.contents.sid-1a': [undefined, recordOf({ count: 2 })],
    },
  },
};
