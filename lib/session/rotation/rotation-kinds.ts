import type { CookieOverrides } from '../../options/cookie/cookie-attributes.js';
import { NO_CHANGES } from '../data/merge.js';
import type { AttributeChanges } from '../data/merge.js';
import { SessionUnusableError } from '../errors.js';
import type { SessionMetadata } from '../record/session-record.js';
import type { RequestSession } from '../state/request-session.js';
import type { Keep, Rotation } from './move.js';

/** Says what a rotation makes of a session, when it is its turn. */
export type RotationKind = (session: RequestSession, now: number) => Rotation;

/**
 * Signs a user in.
 * @param keep the attributes to keep; by default all, unless they are another user's
 * @param lifetime the timeouts of this sign-in and the age of its cookie, in milliseconds
 * @param data attributes to set with it
 */
export function signIn(
  userId: string,
  keep: Keep | undefined,
  lifetime: number | undefined,
  data: AttributeChanges,
): RotationKind {
  return (session, now) => {
    const owner = session.record().metadata.userId; // also of a session that was ended meanwhile
    const isOthers = owner !== undefined && owner !== userId;
    const keeps = keep ?? (isOthers ? 'none' : 'all');
    // The cookie's lifetime from an earlier sign-in is dropped; what this request set is kept.
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
      wish: { to: 'sign in', userId },
      keep: keeps,
      data,
      metadata: { seenAt: now, createdAt: now, userId, authenticatedAt: now, ...own },
      continues: false,
    };
  };
}

/** Gives what is kept a new id. The user stays signed in with `'all'`, and only then. */
export function regenerate(keep: Keep): RotationKind {
  return (session, now) => ({
    type: 'rotated',
    wish: { to: 'regenerate', anew: keep === 'none' },
    keep,
    data: NO_CHANGES,
    metadata:
      keep === 'all'
        ? ownMetadata(session)
        : { seenAt: now, createdAt: now, cookie: cookieScopeOf(session) },
    continues: keep !== 'none',
  });
}

/** The user has proved again who they are: the same session, newly authenticated, under a new id. */
export const confirmation: RotationKind = (session, now) => {
  const { is } = session.state;
  if (is !== 'ended' && is !== 'rotated' && session.userId === undefined) {
    throw new SessionUnusableError(
      'confirm() was called, but nobody is signed in. Call login() first, or guard the route with AuthenticatedGuard.',
    );
  }
  const metadata = { ...ownMetadata(session), authenticatedAt: now };
  const wish = { to: 'confirm' } as const;
  return { type: 'rotated', wish, keep: 'all', data: NO_CHANGES, metadata, continues: true };
};

/**
 * The path and domain of the session's cookie, if they are its own. With others, the new cookie would not
 * replace the one in the browser, which would go on sending a worthless one.
 */
function cookieScopeOf(session: RequestSession): CookieOverrides {
  const { path, domain } = session.record().metadata.cookie ?? {};
  if (path === undefined && domain === undefined) return undefined;
  return { ...(path !== undefined && { path }), ...(domain !== undefined && { domain }) };
}

function ownMetadata(session: RequestSession): SessionMetadata {
  return { ...session.record().metadata, cookie: session.view.cookieOverrides() };
}
