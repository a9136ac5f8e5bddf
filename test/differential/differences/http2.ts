import type { Forecast } from '../forecast/forecast.js';
import type { Difference } from './difference.js';
import { counting, issued, NOTHING, shown, UNAVAILABLE } from './seen.js';

/** HTTP/2, where express-session leaves much unanswered. */
export const http2: readonly Difference[] = [
  {
    key: 'http2',
    plain:
      'On `node:http2`, `end()` throws when there is something to store or touch and no headers have been sent: no response.',
    sesame: 'Works.',
    why: 'It only uses what both Node APIs document.',
    rules: {
      'HTTP/2: a stored session that is only read': (it) =>
        it.answers(1, NOTHING, [200, shown({ count: 4 })]),
      'HTTP/2: a new session': (it) => {
        it.answers(1, NOTHING, [200, 1]);
        it.answers(2, NOTHING, [200, 2]);
        it.differs({
          '#1.cookies.connect.sid': [undefined, issued()],
          '#3.body.data.count': [undefined, 2],
          'store.calls': ['set sid-2a', 'get sid-1a, set sid-1a, get sid-1a'],
          'store.contents.sid-1a.count': [1, 2],
          'store.contents.sid-2a': [counting(1), undefined],
        });
      },
      'HTTP/2: a changed session': (it) => {
        it.answers(1, NOTHING, [200, 5]);
        it.answers(2, NOTHING, [200, shown({ count: 5 })]);
      },
      'HTTP/2: a session that ends': (it) => it.answers(1, NOTHING, [200, 'destroyed']),
      'HTTP/2: regenerate()': (it) => it.answers(1, NOTHING, [200, 'regenerated: sid-1a']),
      'HTTP/2: {HEAD|end() without a body}': (it) => arrives(it, 200, ''),
      'HTTP/2: status 204': (it) => arrives(it, 204, ''),
      'HTTP/2: end(text, callback)': (it) => arrives(it, 200, 'text'),
      // The headers of these leave before the end, so it is the request after them that gets no answer.
      'HTTP/2: {a stream*|flushHeaders()|writeHead() with headers|a redirect|trailers}': (it) =>
        it.answers(2, NOTHING, [200, shown({ count: 1 })]),
      'HTTP/2: a store that fails': (it) => {
        it.answers(1, NOTHING, UNAVAILABLE);
        it.differs({ notes: ['the response never leaves', ''] });
      },
    },
  },
];

/** A new session, whose cookie never gets to the client of express-session. */
function arrives(it: Forecast, status: number, body: string): void {
  it.answers(1, NOTHING, [status, body]);
  it.sends(1);
}
