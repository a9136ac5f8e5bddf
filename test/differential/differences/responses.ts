import type { Difference } from './difference.js';
import { counting, issued, NOTHING, TOO_LATE } from './seen.js';

/** How a response is answered, and when its session is stored. */
export const responses: readonly Difference[] = [
  {
    key: 'end-callback',
    plain:
      'Ignores the callback in `end(chunk, encoding, callback)`. `end(callback)` throws when there is something to store.',
    sesame: 'Calls it.',
    why: 'Node documents these forms.',
    rules: {
      'end(callback)': (it) => {
        it.answers(1, NOTHING, [200, '']);
        it.differs({ notes: [TOO_LATE, 'called'] });
        it.sends(1);
      },
      'end(text, encoding, callback)': { notes: ['', 'called, called'] },
      'end() twice, with a callback': { notes: ['', 'called'] },
    },
  },
  {
    key: 'end-answer',
    plain:
      '`end()` returns true or false, and `headersSent` and `writableEnded` do not reliably tell what was called.',
    sesame: 'They behave as in Node.',
    why: 'Error handlers check them to see whether they may still answer.',
    rules: {
      'end() answers the response': { notes: ['false, false', 'true, true'] },
      'headersSent and writableEnded after end()': {
        notes: ['true false, true false', 'true true, true true'],
      },
      'an error thrown after send()': (it) => {
        it.answers(1, NOTHING, [200, 'text']);
        it.differs({
          '#1.headers.content-type': [undefined, 'text/html; charset=utf-8'],
          '#1.headers.etag': [undefined, 'W/"4-Ny6gjKsz5xwCxlHbyDpHTTLGduo"'],
        });
        it.sends(1);
      },
      'an error thrown in a stream': (it) => {
        it.answers(1, NOTHING, [200, 'one two']);
        it.sends(1);
      },
    },
  },
  {
    key: 'write-after-end',
    plain: 'A `write()` after `end()` still gets into the body while the session is being stored.',
    sesame: 'It does not.',
    why: 'The body is what was written before `end()`.',
    rules: {
      'write() after end()': {
        '#1.body': ['first second', 'first '],
        '#2.body': ['first second', 'first '],
        notes: ['', 'error'],
      },
    },
  },
  {
    key: 'stored-before-stream',
    plain: 'Stores a session when its response ends.',
    sesame: 'Stores it before the first byte is sent, and again at the end if it changed since.',
    why: 'The client may send its next request as soon as it has the first byte.',
    rules: {
      'the session changes {while the response streams|after flushHeaders()|in a later turn of a stream}':
        {
          'store.calls': ['set sid-1a', 'set sid-1a, set sid-1a'],
        },
      'the session is destroyed while the response streams': {
        'store.calls': [
          'get sid-1a, get sid-1a',
          'set sid-1a, destroy sid-1a, get sid-1a, get sid-1a',
        ],
      },
      'the session is set to null while the response streams': {
        '#1.cookies.connect.sid': [issued(), undefined],
        'store.calls': ['get sid-1a, get sid-1a', 'set sid-1a, destroy sid-1a'],
      },
    },
  },
  {
    key: 'broken-response',
    plain: 'Loses changes when the response is destroyed instead of ended.',
    sesame: 'Stores them.',
    why: 'The change was made, even if the client never hears of it.',
    rules: {
      'destroy() of the response': {
        'store.calls': ['', 'set sid-1a'],
        'store.contents.sid-1a': [undefined, counting(1)],
      },
    },
  },
];
