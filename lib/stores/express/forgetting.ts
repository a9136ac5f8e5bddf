import { randomBytes } from 'node:crypto';
import session from 'express-session';
import type { Store } from 'express-session';
import { answerOf, undefinedIfAbsent } from './store-answers.js';

/** How long the session that is tried has been over, in milliseconds: no store could round that up. */
const LONG_OVER = 60_000;

/**
 * True if the store itself forgets a session at the end that it is told. Tries it with a session that is
 * over, under a key that nobody has. Some stores keep sessions for a time of their own.
 */
export async function forgetsOnTime(store: Store): Promise<boolean> {
  const key = randomBytes(24).toString('base64url');
  const data: session.SessionData = JSON.parse('{}');
  data.cookie = Reflect.construct(session.Cookie, []);
  data.cookie.expires = new Date(Date.now() - LONG_OVER);
  data.cookie.originalMaxAge = null;
  await answerOf((done) => store.set(key, data, done));
  const get = answerOf<session.SessionData | null>((done) => store.get(key, done));
  const found = await get.catch(undefinedIfAbsent);
  if (found) await answerOf((done) => store.destroy(key, done));
  return !found;
}
