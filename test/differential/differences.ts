/** One thing that express-session and Sesame do differently, as docs/differences.md tells it. */
export interface Difference {
  readonly key: string;
  /** What express-session does. */
  readonly plain: string;
  /** What Sesame does. */
  readonly sesame: string;
  readonly why: string;
}

/**
 * Differences that would show in nearly every scenario. They are left out of the comparison, but for
 * the scenarios that look at them.
 */
export const STANDING = [
  {
    key: 'cache-headers',
    plain: 'Sends only its cookie.',
    sesame:
      'Adds `Vary: Cookie` to a response with the cookie, and `Cache-Control: no-cache="Set-Cookie"` unless the application set its own.',
    why: "A shared cache must not hand one visitor's cookie to another.",
  },
  {
    key: 'whole-body',
    plain:
      'Sends a body that was passed whole to `end()` in two parts, so without a `Content-Length` it is chunked.',
    sesame: 'Sends it in one part with a `Content-Length`, as Node does.',
    why: 'Nothing leaves before the session is stored, so there is nothing to split.',
  },
  {
    key: 'no-touch',
    plain: "Calls the store's `touch()` for each unchanged session.",
    sesame: 'Never calls it. An unchanged session is written at most once per `touchInterval`.',
    why: 'A request that changes nothing costs one read.',
  },
  {
    key: 'look-before-write',
    plain: 'Writes without reading first.',
    sesame: 'Reads a record of such a store again right before it writes or destroys it.',
    why: 'It merges with what another request wrote, and never brings back a session that has ended.',
  },
  {
    key: 'nothing-to-destroy',
    plain: 'Asks the store to destroy a session that was never stored.',
    sesame: 'Asks the store to destroy only what is stored.',
    why: 'It saves a call.',
  },
  {
    key: 'stored-expiry',
    plain:
      'Stores no expiry for a cookie without a lifetime; the store decides how long it keeps the session.',
    sesame: 'Stores the time when the session ends as `cookie.expires`.',
    why: 'The server decides when a session ends, by `idleTimeout` and `absoluteTimeout`.',
  },
] as const satisfies readonly Difference[];

/** Differences that the scenarios name which show them. */
export const NAMED = [
  {
    key: 'defaults',
    plain:
      'By default stores untouched sessions, saves unchanged ones again, keeps those set to `null`, and sets neither `Secure` nor `SameSite`.',
    sesame:
      "Does none of that: `saveUninitialized: false`, no `resave`, `unset: 'destroy'`, `secure: 'auto'`, `sameSite: 'lax'`.",
    why: 'These are the safe choices; express-session deprecates two of its own.',
  },
  {
    key: 'checked-options',
    plain:
      'Accepts nearly any options. A mistake shows up as failing requests, as a cookie that browsers refuse, or not at all.',
    sesame:
      'Refuses mistakes at boot, and names every one. It does not know `key`, `cookie.expires`, `cookie.encode` and `cookie.originalMaxAge`.',
    why: 'A mistake in the configuration should not wait for a visitor.',
  },
  {
    key: 'duration-text',
    plain: 'Fails every request when `cookie.maxAge` is a string.',
    sesame: "Accepts `'7d'` and the like.",
    why: 'All options that are durations can be written that way.',
  },
  {
    key: 'secret-option',
    plain: 'Without a `secret` option, uses `req.secret`, which cookie-parser sets.',
    sesame: 'Requires the option.',
    why: 'A missing secret should show at boot.',
  },
  {
    key: 'cookie-parser',
    plain: 'Trusts the id in `req.signedCookies`.',
    sesame: 'Reads only the `Cookie` header.',
    why: 'The signature is verified in one place, with the secrets of this middleware.',
  },
  {
    key: 'path-matching',
    plain: 'A cookie path of `/admin` also covers `/administrator`.',
    sesame: 'It covers `/admin` and what is below it, as in browsers.',
    why: 'No browser sends the cookie to `/administrator`, so each visit there would begin a new session.',
  },
  {
    key: 'function-auto',
    plain:
      "Does not resolve `'auto'` when a `cookie` function returns it: no cookie is sent, or an error follows the response.",
    sesame: 'Resolves it whether the attributes come from an object or from a function.',
    why: 'How the attributes are given should not matter.',
  },
  {
    key: 'configured-attributes',
    plain: "Takes the cookie's attributes from the stored session.",
    sesame:
      'Takes them from the configuration, and from the record only what the application set on this session.',
    why: 'A change of configuration also reaches existing sessions.',
  },
  {
    key: 'takes-over',
    plain: 'Leaves its own record as it is when the session is only read.',
    sesame:
      'Adds its timestamps to a record of express-session when it first reads it. If the cookie has a lifetime, it also sends the cookie.',
    why: 'The age of such a session begins to count then.',
  },
  {
    key: 'secret-rotation',
    plain: 'Accepts a cookie signed with an older secret, and leaves it in the browser.',
    sesame: 'Sends it again, signed with the first secret, once the process has run for an hour.',
    why: 'An old secret can be dropped sooner.',
  },
  {
    key: 'duplicate-cookies',
    plain: 'Of several cookies with the same name, only the first counts.',
    sesame: 'Of the first eight candidates, the first that verifies counts.',
    why: 'A cookie planted by another subdomain must not hide the real one.',
  },
  {
    key: 'long-cookie',
    plain: 'Verifies cookies of any length.',
    sesame: 'Ignores a value longer than 4096 bytes.',
    why: 'No browser stores such a cookie, so it is not worth hashing.',
  },
  {
    key: 'no-resave',
    plain: '`resave: true` saves unchanged sessions again.',
    sesame: 'The option has no effect.',
    why: 'Saving an unchanged session can only overwrite what others wrote.',
  },
  {
    key: 'rolling-with-touch',
    plain: '`rolling` sends the cookie with each response.',
    sesame: 'Sends it when the session is written or touched.',
    why: 'The cookie is renewed together with the stored expiry, once per `touchInterval`.',
  },
  {
    key: 'clearing-cookie',
    plain: 'Leaves the cookie of an ended session in the browser.',
    sesame: 'Clears the cookie.',
    why: 'The browser should not go on sending an id that means nothing.',
  },
  {
    key: 'not-a-session',
    plain:
      'Anything other than a session on `req.session` throws in `end()`, and no response is sent. `false` leaves the stored session alone.',
    sesame: 'Takes the attributes of an object; treats anything else as `null`.',
    why: 'A response should be sent whatever the application assigned.',
  },
  {
    key: 'unstorable',
    plain:
      'Silently loses functions, Maps and the like. A BigInt or a cycle throws in `end()`, and no response is sent.',
    sesame: 'Answers with an error that names the attribute, and writes nothing.',
    why: 'Data lost silently is missed much later.',
  },
  {
    key: 'fixed-session-id',
    plain: 'Puts whatever is assigned to `req.sessionID` into the cookie.',
    sesame: '`req.sessionID` is read-only.',
    why: 'An id other than that of the stored session leads nowhere.',
  },
  {
    key: 'cookie-change',
    plain:
      'A change to `session.cookie` alone is not reliably stored, and not sent. Together with other changes it is sent only if the cookie has a lifetime.',
    sesame: 'Stores and sends it, like any other change.',
    why: '"Remember me" is such a change.',
  },
  {
    key: 'lifetime-false',
    plain:
      'Stores `cookie.expires = false` as an `originalMaxAge` of `false`, and sends the cookie with each later change.',
    sesame:
      'Stores it as `null`, as for any cookie that ends with the browser, and sends the cookie once.',
    why: 'A cookie without a lifetime needs no renewal.',
  },
  {
    key: 'regenerate-empty',
    plain: 'Stores the empty session that `regenerate()` made.',
    sesame: 'Stores it once something is put into it; otherwise clears the cookie.',
    why: 'This is what `saveUninitialized: false` means.',
  },
  {
    key: 'saved-once',
    plain:
      'At the end of the request, saves a session again that `save()`, `sessionStore.set()` or `reload()` has just brought in line with the store.',
    sesame: 'Does not.',
    why: 'The store already has it.',
  },
  {
    key: 'saved-gets-cookie',
    plain: 'Sends no cookie for an empty session that was stored by `save()`.',
    sesame: 'Sends it.',
    why: 'A stored session is useless if nobody has its id.',
  },
  {
    key: 'save-chains',
    plain: '`save()` returns `undefined`.',
    sesame: 'Returns the session, as express-session documents.',
    why: 'Sesame does not wrap the method.',
  },
  {
    key: 'ended-object',
    plain:
      '`save()` on a session object that was destroyed or regenerated stores that session again.',
    sesame: 'It is an error.',
    why: 'What has ended stays ended.',
  },
  {
    key: 'store-stand-in',
    plain: '`req.sessionStore` is the store.',
    sesame:
      'It is a stand-in for the store: it reads and destroys any session, writes only this one, and has no `all`, `length` or `clear`.',
    why: 'Writes that bypass the lifecycle would not be merged, hashed or indexed.',
  },
  {
    key: 'store-ends-session',
    plain: "`sessionStore.destroy()` with the request's own session leaves `req.session` as it is.",
    sesame: 'Ends the session, as `session.destroy()` does.',
    why: 'A later change would otherwise bring the record back.',
  },
  {
    key: 'end-callback',
    plain:
      'Ignores the callback in `end(chunk, encoding, callback)`. `end(callback)` throws when there is something to store.',
    sesame: 'Calls it.',
    why: 'Node documents these forms.',
  },
  {
    key: 'end-answer',
    plain:
      '`end()` returns true or false, and `headersSent` and `writableEnded` do not reliably tell what was called.',
    sesame: 'They behave as in Node.',
    why: 'Error handlers check them to see whether they may still answer.',
  },
  {
    key: 'write-after-end',
    plain: 'A `write()` after `end()` still gets into the body while the session is being stored.',
    sesame: 'It does not.',
    why: 'The body is what was written before `end()`.',
  },
  {
    key: 'stored-before-stream',
    plain: 'Stores a session when its response ends.',
    sesame: 'Stores it before the first byte is sent, and again at the end if it changed since.',
    why: 'The client may send its next request as soon as it has the first byte.',
  },
  {
    key: 'broken-response',
    plain: 'Loses changes when the response is destroyed instead of ended.',
    sesame: 'Stores them.',
    why: 'The change was made, even if the client never hears of it.',
  },
  {
    key: 'corrupt-records',
    plain:
      "A corrupt record is an error 500, with `unset: 'keep'` on every request. Some odd records are used as they are.",
    sesame:
      'The record is logged and removed, and the visitor gets a new session. Cookie attributes that make no sense are left out.',
    why: 'One bad record should not lock a visitor out.',
  },
  {
    key: 'store-errors',
    plain: 'A failed read is a 500. A failed write is an error after a 200 was already sent.',
    sesame:
      'Both are a 503 with `Retry-After`. No cookie and no part of the response is sent before it.',
    why: 'A client must not be told that something was done when it was not.',
  },
  {
    key: 'failed-read-destroys',
    plain: "With `unset: 'destroy'`, the response to a failed read destroys the session.",
    sesame: 'Leaves it alone.',
    why: 'A brief outage of the store should not sign anybody out.',
  },
  {
    key: 'failed-end',
    plain:
      'When the store fails in `regenerate()`, there is a new id beside the old one. When it fails in `destroy()`, it is tried again after the response.',
    sesame: 'The session stays as it is, and the callback gets the error.',
    why: 'The code that gets the error decides what to do next.',
  },
  {
    key: 'failed-touch',
    plain: 'A failed touch is an error after the response.',
    sesame: 'Does not call `touch()`. If its own touch fails, it logs that.',
    why: 'The next request tries again.',
  },
  {
    key: 'store-timeout',
    plain: 'Waits for the store for as long as it takes.',
    sesame: 'Answers 503 after `storeTimeout`, or after twice that in all.',
    why: 'A request never hangs because of the store.',
  },
  {
    key: 'store-events',
    plain:
      "From the store's `disconnect` event until its `connect` event, `req.session` is `undefined`.",
    sesame: 'Still asks the store.',
    why: 'An application should not see its visitors signed out. A store that is down fails or times out, and that is a 503.',
  },
  {
    key: 'gone-stays-gone',
    plain: 'Saves a session that was destroyed while the request ran, and so brings it back.',
    sesame: 'The session stays gone.',
    why: 'A sign-out also holds for requests that are already running.',
  },
  {
    key: 'merge',
    plain: 'The last request to save overwrites what others stored.',
    sesame: 'Keeps what others stored in attributes that this request did not change.',
    why: 'Requests run in parallel.',
  },
  {
    key: 'http2',
    plain:
      'On `node:http2`, `end()` throws when there is something to store or touch and no headers have been sent: no response.',
    sesame: 'Works.',
    why: 'It only uses what both Node APIs document.',
  },
] as const satisfies readonly Difference[];

export type StandingKey = (typeof STANDING)[number]['key'];
export type DifferenceKey = StandingKey | (typeof NAMED)[number]['key'];

export const differences: readonly Difference[] = [...STANDING, ...NAMED];
