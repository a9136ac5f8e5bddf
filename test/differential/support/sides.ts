import type { IncomingMessage, ServerResponse } from 'node:http';
import session from 'express-session';
import { createSessionMiddleware } from 'nestjs-sesame';
import type { RecordingStore } from './recording-store.js';
import type { SharedOptions } from './scenario.js';

export const SECRET = 'the first secret, which signs what the scenarios send';
export const OLD_SECRET = 'the second secret, which only verifies what came before';

export type Side = 'express-session' | 'sesame';

export type SessionMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Defaults of Sesame that express-session is given, so that like is compared with like. What
 * each does by its own defaults is the subject of the scenarios with `ownDefaults`.
 */
const PLAIN_BASELINE = { resave: false, saveUninitialized: false, unset: 'destroy' };
const COOKIE_BASELINE = { secure: 'auto', sameSite: 'lax' };

/** Sesame looks under the keys that express-session uses. */
const SESAME_BASELINE = { hashIds: false };

export function createMiddleware(
  side: Side,
  store: RecordingStore,
  given: SharedOptions,
  ownDefaults: boolean,
): SessionMiddleware {
  const genid = numbered();
  const always = { secret: SECRET, genid, store };
  if (side === 'sesame') {
    return longRunning((clock) =>
      make(createSessionMiddleware, always, { ...SESAME_BASELINE, clock }, given),
    );
  }
  if (ownDefaults) return make(session, always, given);
  const { cookie } = given;
  const complete =
    typeof cookie === 'function' ? cookie : Object.assign({ ...COOKIE_BASELINE }, cookie);
  return make(session, always, PLAIN_BASELINE, given, { cookie: complete });
}

/** Made as in a process that has run for an hour: before that, cookies of an old secret are left alone. */
function longRunning<T>(create: (clock: () => number) => T): T {
  let ago = 3_600_000;
  const made = create(() => Date.now() - ago);
  ago = 0;
  return made;
}

/** Scenarios also pass what the types forbid. */
function make(create: object, ...options: readonly object[]): SessionMiddleware {
  return Reflect.apply(Object(create), undefined, [Object.assign({}, ...options)]);
}

/** Ids that say which request they were made for: `sid-1a`, then `sid-1b` in the same request. */
function numbered(): (request: IncomingMessage) => string {
  const made = new Map<string, number>();
  return (request) => {
    const number = String(request.headers['x-request'] ?? '0');
    const count = made.get(number) ?? 0;
    made.set(number, count + 1);
    return `sid-${number}${String.fromCodePoint(0x61 + count)}`;
  };
}
