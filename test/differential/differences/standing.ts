import type { StandingKey } from '../support/standing.js';
import type { Difference } from './difference.js';

/**
 * Differences that would show in nearly every scenario. They are left out of the comparison, but for
 * the scenarios that look at them.
 */
export const standing: readonly (Difference & { readonly key: StandingKey })[] = [
  {
    key: 'max-age',
    plain: 'Sends the lifetime of a cookie as `Expires`.',
    sesame: 'Also sends it as `Max-Age`.',
    why: 'Browsers go by `Max-Age`, which means the same to each of them if a clock is wrong.',
    rules: {
      'the lifetime of a cookie, in full': { '#1.cookies.connect.sid.Max-Age': [undefined, '60'] },
    },
  },
  {
    key: 'cache-headers',
    plain: 'Sends only its cookie.',
    sesame:
      'Adds `Vary: Cookie` to a response with the cookie, and `no-cache="Set-Cookie"` to its `Cache-Control`, unless that says `private` or `no-store`.',
    why: "A shared cache must not hand one visitor's cookie to another.",
    rules: {
      'the headers that caches read{|, set by the application}': {
        '#1.headers.vary': [undefined, 'Cookie'],
      },
      'the headers that caches read': {
        '#1.headers.cache-control': [undefined, 'no-cache="Set-Cookie"'],
      },
      'the headers that caches read, set by the application': {
        '#1.headers.cache-control': [
          'public, max-age=60',
          'public, max-age=60, no-cache="Set-Cookie"',
        ],
      },
    },
  },
  {
    key: 'whole-body',
    plain:
      'Sends a body that was passed whole to `end()` in two parts, so without a `Content-Length` it is chunked.',
    sesame: 'Sends it in one part with a `Content-Length`, as Node does.',
    why: 'Nothing leaves before the session is stored, so there is nothing to split.',
    rules: {
      'the framing of a body given whole': {
        '#1.headers.transfer-encoding': ['chunked', undefined],
        '#1.headers.content-length': [undefined, '4'],
        '#2.headers.transfer-encoding': ['chunked', undefined],
        '#2.headers.content-length': [undefined, '4'],
        '#3.headers.transfer-encoding': ['chunked', undefined],
        '#3.headers.content-length': [undefined, '144'],
      },
    },
  },
  {
    key: 'no-touch',
    plain: "Calls the store's `touch()` for each unchanged session.",
    sesame: 'Never calls it. An unchanged session is written at most once per `touchInterval`.',
    why: 'A request that changes nothing costs one read.',
    rules: {
      'the calls of a store for an unchanged session': { 'store.calls': ['touch known', ''] },
    },
  },
  {
    key: 'look-before-write',
    plain: 'Writes without reading first.',
    sesame:
      'Reads a record of such a store again right before it writes or destroys it; a new one, only if `genid` is set.',
    why: 'It merges with what another request wrote, and never brings back a session that has ended.',
    rules: {
      'the calls of a store for a {changed|new} session': (it) =>
        it.differs({
          'store.calls': [`set ${it.firstId}`, `get ${it.firstId}, set ${it.firstId}`],
        }),
    },
  },
  {
    key: 'nothing-to-destroy',
    plain: 'Asks the store to destroy a session that was never stored.',
    sesame: 'Asks the store to destroy only what is stored.',
    why: 'It saves a call.',
    rules: {
      'the calls of a store for a session that is not stored and ends': {
        'store.calls': ['destroy sid-1a, destroy sid-1a', ''],
      },
    },
  },
  {
    key: 'stored-expiry',
    plain:
      'Stores no expiry for a cookie without a lifetime; the store decides how long it keeps the session.',
    sesame: 'Stores the time when the session ends as `cookie.expires`.',
    why: 'The server decides when a session ends, by `idleTimeout` and `absoluteTimeout`.',
    rules: {
      'the expiry that a store is told for a cookie without a lifetime': {
        'store.contents.sid-1a.cookie.expiresIn': [undefined, 1800],
      },
    },
  },
];
