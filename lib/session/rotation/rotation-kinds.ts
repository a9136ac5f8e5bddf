import type { CookieOverrides } from '../../options/cookie/cookie-attributes.js';
import { SessionUnusableError } from '../errors.js';
import type { SessionMetadata } from '../record/session-record.js';
import type { RequestSession } from '../state/request-session.js';
import type { Keep, Rotation } from './move.js';

/** What a rotation is to make of a session, once it is its turn. */
export type RotationKind = (session: RequestSession, now: number) => Rotation;

/**
 * Signs a user in.
 * @param keep the attributes to take along; by default all, unless they are another user's
 * @param lifetime for this sign-in alone, in milliseconds: its timeouts, and its cookie's age
 */
export function signIn(
  userId: string,
  keep: Keep | undefined,
  lifetime: number | undefined,
): RotationKind {
  return (session, now) => {
    const owner = session.record.metadata.userId; // also of a session that has ended meanwhile
    const isOthers = owner !== undefined && owner !== userId;
    const keeps = keep ?? (isOthers ? 'none' : 'all');
    // A lifetime of an earlier sign-in ends with it; what this request set is meant for this one.
    const isCookieMeant = keeps === 'all' && session.view.hasChangedCookie();
    const cookie = isCookieMeant ? session.view.cookieOverrides() : cookieScopeOf(session);
    const own =
      lifetime === undefined
        ? { cookie }
        : {
            idleTimeout: lifetime,
            absoluteTimeout: lifetime,
            cookie: { ...cookieScopeOf(session), originalMaxAge: lifetime },
          };
    return {
      type: 'loggedIn',
      keep: keeps,
      metadata: { seenAt: now, createdAt: now, userId, authenticatedAt: now, ...own },
      continues: false,
    };
  };
}

/** A new id for whatever is kept. Who is signed in stays so with `'all'`, and only then. */
export function regenerate(keep: Keep): RotationKind {
  return (session, now) => ({
    type: 'rotated',
    keep,
    metadata:
      keep === 'all'
        ? ownMetadata(session)
        : { seenAt: now, createdAt: now, cookie: cookieScopeOf(session) },
    continues: keep !== 'none',
  });
}

/** The user has proved again who they are: the same session, newly authenticated, by a new id. */
export const confirmation: RotationKind = (session, now) => {
  if (session.state.is !== 'ended' && session.userId === undefined) {
    throw new SessionUnusableError(
      'confirm() was called, but nobody is signed in. Call login() first, or guard the route with AuthenticatedGuard.',
    );
  }
  const metadata = { ...ownMetadata(session), authenticatedAt: now };
  return { type: 'rotated', keep: 'all', metadata, continues: true };
};

/**
 * Where the browser keeps the session's cookie, if that is not where it is configured to be. A cookie
 * elsewhere would stand beside it, and the browser would go on sending the one that is worthless.
 */
function cookieScopeOf({ record }: RequestSession): CookieOverrides {
  const { path, domain } = record.metadata.cookie ?? {};
  if (path === undefined && domain === undefined) return undefined;
  return { ...(path !== undefined && { path }), ...(domain !== undefined && { domain }) };
}

function ownMetadata(session: RequestSession): SessionMetadata {
  return { ...session.record.metadata, cookie: session.view.cookieOverrides() };
}
