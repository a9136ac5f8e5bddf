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
    plain: 'Sends its cookie alone.',
    sesame:
      'Adds `Vary: Cookie` to a response with the cookie, and `Cache-Control: no-cache="Set-Cookie"` where the application set none.',
    why: 'A shared cache must not give one visitor the cookie of another.',
  },
  {
    key: 'whole-body',
    plain:
      'Sends a body given whole to `end()` in two parts, so without a `Content-Length` it is chunked.',
    sesame: 'Sends it as Node does, with a `Content-Length`.',
    why: 'Nothing leaves before the session is stored, so there is nothing to split.',
  },
  {
    key: 'no-touch',
    plain: 'Calls `touch()` of the store for each unchanged session.',
    sesame: 'Never calls it. An unchanged session is written at most once per `touchInterval`.',
    why: 'A request that changes nothing costs one read.',
  },
  {
    key: 'look-before-write',
    plain: 'Writes without looking.',
    sesame: 'Reads a record of such a store once more right before it writes or destroys it.',
    why: 'So it merges with what another request wrote, and brings back nothing that has ended.',
  },
  {
    key: 'nothing-to-destroy',
    plain: 'Destroys a session that was never stored.',
    sesame: 'Asks the store only for what is there.',
    why: 'It spares a call.',
  },
  {
    key: 'stored-expiry',
    plain:
      'Stores no expiry for a cookie without a lifetime; how long the store keeps it is its own affair.',
    sesame: 'Stores when the session ends as `cookie.expires`.',
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
      'Takes nearly any options. What is wrong shows as an error of requests, as a cookie that browsers refuse, or not at all.',
    sesame:
      'Refuses them at boot, and names every one. It knows neither `key` nor `cookie.expires`, `encode` and `originalMaxAge`.',
    why: 'A mistake in a configuration should not wait for a visitor.',
  },
  {
    key: 'duration-text',
    plain: 'Breaks each request when `cookie.maxAge` is a text.',
    sesame: "Takes `'7d'` and the like.",
    why: 'Durations are written that way in all options.',
  },
  {
    key: 'secret-option',
    plain: 'Takes `req.secret`, which cookie-parser leaves, when there is no `secret` option.',
    sesame: 'Needs the option.',
    why: 'A missing secret should be seen at boot.',
  },
  {
    key: 'cookie-parser',
    plain: 'Believes the id in `req.signedCookies`.',
    sesame: 'Reads the `Cookie` header alone.',
    why: 'The signature is verified in one place, by the secrets of this middleware.',
  },
  {
    key: 'path-matching',
    plain: 'A cookie path of `/admin` also covers `/administrator`.',
    sesame: 'It covers `/admin` and what is below, as browsers have it.',
    why: 'No browser sends the cookie to `/administrator`, so each visit there began a new session.',
  },
  {
    key: 'function-auto',
    plain:
      "Does not resolve `'auto'` from a `cookie` function: no cookie is sent, or an error follows the response.",
    sesame: 'Resolves it in both cases.',
    why: 'It should not matter how the attributes were given.',
  },
  {
    key: 'configured-attributes',
    plain: 'Takes the attributes of the cookie from the stored session.',
    sesame:
      'Takes them from the configuration, and from the record only what the application set on this session.',
    why: 'A change of configuration reaches the sessions that are there.',
  },
  {
    key: 'takes-over',
    plain: 'Leaves a record of its own as it is when it is only read.',
    sesame:
      'Writes its times into a record of express-session when it first looks at it, and with a lifetime sends the cookie, too.',
    why: 'That is when the age of such a session begins to count.',
  },
  {
    key: 'secret-rotation',
    plain: 'Verifies a cookie of an older secret, and leaves it with the browser.',
    sesame: 'Sends it again, signed with the first secret, once the process has run for an hour.',
    why: 'An old secret can be dropped sooner.',
  },
  {
    key: 'duplicate-cookies',
    plain: 'Of several cookies of the same name only the first counts.',
    sesame: 'Of the first eight that could be ours, the first that verifies counts.',
    why: 'A cookie planted by another subdomain must not hide the real one.',
  },
  {
    key: 'long-cookie',
    plain: 'Verifies cookies of any length.',
    sesame: 'Takes a value longer than 4096 bytes for no cookie.',
    why: 'No browser keeps one, so it is not worth the hashing.',
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
    sesame: 'It does so when the session is written or touched.',
    why: 'The cookie is renewed when the stored expiry is, once per `touchInterval`.',
  },
  {
    key: 'clearing-cookie',
    plain: 'Leaves the cookie of a session that has ended with the browser.',
    sesame: 'Sends a clearing cookie.',
    why: 'The browser should not go on sending an id that means nothing.',
  },
  {
    key: 'not-a-session',
    plain:
      'Anything but a session on `req.session` throws in `end()`: no response leaves. `false` leaves the stored session alone.',
    sesame: 'Takes the attributes of an object, and takes anything else for `null`.',
    why: 'A response should leave whatever the application put there.',
  },
  {
    key: 'unstorable',
    plain:
      'Loses functions, Maps and the like in silence. A BigInt or a cycle throws in `end()`: no response leaves.',
    sesame: 'Answers with an error that names the attribute, and writes nothing.',
    why: 'Data that is lost in silence is found missing much later.',
  },
  {
    key: 'fixed-session-id',
    plain: 'Puts whatever is written to `req.sessionID` into the cookie.',
    sesame: '`req.sessionID` can only be read.',
    why: 'An id that is not the one of the stored session leads nowhere.',
  },
  {
    key: 'cookie-change',
    plain:
      'A change of `session.cookie` alone is not stored for certain, and not sent. Beside other changes it is sent only when the cookie has a lifetime.',
    sesame: 'It is a change as any other: stored and sent.',
    why: '"Remember me" is such a change.',
  },
  {
    key: 'lifetime-false',
    plain:
      '`cookie.expires = false` is stored as an `originalMaxAge` of `false`, and the cookie is sent with each later change.',
    sesame: 'It is stored as `null`, as any cookie that ends with the browser, and sent once.',
    why: 'A cookie without a lifetime needs no renewal.',
  },
  {
    key: 'regenerate-empty',
    plain: 'Stores the empty session that `regenerate()` made.',
    sesame: 'Stores it when something is put into it; without that the cookie is cleared.',
    why: '`saveUninitialized: false` says so.',
  },
  {
    key: 'saved-once',
    plain:
      'Saves a session again at the end that `save()`, `sessionStore.set()` or `reload()` has just brought level with the store.',
    sesame: 'Does not.',
    why: 'It is what is stored already.',
  },
  {
    key: 'saved-gets-cookie',
    plain: 'Sends no cookie for an empty session that was stored by `save()`.',
    sesame: 'Sends it.',
    why: 'A stored session that nobody has the id of is of no use.',
  },
  {
    key: 'save-chains',
    plain: '`save()` returns `undefined`.',
    sesame: 'It returns the session, as express-session documents.',
    why: 'Sesame does not wrap the method.',
  },
  {
    key: 'ended-object',
    plain:
      '`save()` of an object whose session was destroyed or regenerated brings it back into the store.',
    sesame: 'It is an error.',
    why: 'What has ended stays ended.',
  },
  {
    key: 'store-stand-in',
    plain: '`req.sessionStore` is the store.',
    sesame:
      'It stands in for the store on behalf of this session: it writes no other session, and has neither `all` nor `length`.',
    why: 'What goes past the lifecycle would not be merged, hashed or indexed.',
  },
  {
    key: 'store-ends-session',
    plain: '`sessionStore.destroy()` of the own session leaves `req.session` as it is.',
    sesame: 'It ends the session as `session.destroy()` does.',
    why: 'A later change would bring the record back.',
  },
  {
    key: 'end-callback',
    plain:
      'Drops the callback of `end(chunk, encoding, callback)`. `end(callback)` throws when there is something to store.',
    sesame: 'Calls it.',
    why: 'Node documents these forms.',
  },
  {
    key: 'end-answer',
    plain:
      '`end()` returns true or false; `headersSent` and `writableEnded` do not say for certain what was called.',
    sesame: 'They are as in Node.',
    why: 'Error handlers ask them whether they may still answer.',
  },
  {
    key: 'write-after-end',
    plain: 'A `write()` after `end()` gets into the body while the session is being stored.',
    sesame: 'It does not.',
    why: 'The body is what was written before its end.',
  },
  {
    key: 'stored-before-stream',
    plain: 'Stores a session when its response ends.',
    sesame: 'Stores it before the first byte leaves, and once more at the end if it changed since.',
    why: 'The client may ask again as soon as it has a first byte.',
  },
  {
    key: 'broken-response',
    plain: 'Changes are lost when the response is destroyed instead of ended.',
    sesame: 'They are stored.',
    why: 'What happened, happened; that nobody heard of it is another matter.',
  },
  {
    key: 'corrupt-records',
    plain:
      "A record that is no session is an error 500, with `unset: 'keep'` at each request. Some odd ones are taken as they are.",
    sesame:
      'It is no session: logged, removed, and the visitor gets a new one. Attributes of a cookie that make no sense are left out.',
    why: 'One bad record should not lock a visitor out.',
  },
  {
    key: 'store-errors',
    plain:
      'A failed read is a 500. A failed write is a 200 that has left already, followed by an error.',
    sesame: 'A 503 with `Retry-After`; no cookie and nothing of the response leaves before.',
    why: 'A client must not be told that something is done which is not.',
  },
  {
    key: 'failed-read-destroys',
    plain: "With `unset: 'destroy'` the response to a failed read destroys the session.",
    sesame: 'Leaves it alone.',
    why: 'A store that was away for a moment should not sign anybody out.',
  },
  {
    key: 'failed-end',
    plain:
      'When the store fails in `regenerate()`, there is a new id beside the old one. When it fails in `destroy()`, it is tried again behind the response.',
    sesame: 'The session stays as it is, and the callback has the error.',
    why: 'Who is told of an error decides what comes next.',
  },
  {
    key: 'failed-touch',
    plain: 'A touch that fails is an error behind the response.',
    sesame: 'It does not call `touch()`; a touch of its own that fails is logged.',
    why: 'The next request tries again.',
  },
  {
    key: 'store-timeout',
    plain: 'Waits for the store as long as it takes.',
    sesame: 'A 503 after `storeTimeout`, or after twice that in all.',
    why: 'A request never hangs because of the store.',
  },
  {
    key: 'store-events',
    plain: 'Leaves out sessions while the store says `disconnect`: `req.session` is `undefined`.',
    sesame: 'Asks the store all the same.',
    why: 'An application should not see its visitors signed out. A store that is away fails or times out, and that is a 503.',
  },
  {
    key: 'gone-stays-gone',
    plain: 'Saves a session that was destroyed while the request ran, and so brings it back.',
    sesame: 'It stays gone.',
    why: 'A sign-out counts for all that is under way.',
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
      'On `node:http2`, `end()` throws when there is something to store or to touch and no header has left: no response.',
    sesame: 'Works there.',
    why: 'It uses only what both APIs of Node document.',
  },
] as const satisfies readonly Difference[];

export type StandingKey = (typeof STANDING)[number]['key'];
export type DifferenceKey = StandingKey | (typeof NAMED)[number]['key'];

export const differences: readonly Difference[] = [...STANDING, ...NAMED];
