import type { CookieOverrides } from '../../options/cookie/cookie-attributes.js';
import { NO_CHANGES } from '../data/merge.js';
import type { AttributeChanges } from '../data/merge.js';
import { SessionUnusableError } from '../errors.js';
import type { SessionMetadata } from '../record/session-record.js';
import type { RequestSession } from '../state/request-session.js';
import type { Keep, Rotation } from './move.js';

/** Says what a rotation makes of a session, when its turn comes. */
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
    const change = session.view.cookieChange();
    return {
      type: 'loggedIn',
      wish: { to: 'sign in', userId },
      data,
      continues: false,
      renewed: (former) => {
        const isOthers = former.userId !== undefined && former.userId !== userId;
        const keeps = keep ?? (isOthers ? 'none' : 'all');
        // The cookie's lifetime from an earlier sign-in is dropped; what this request set is kept.
        const cookie = scopeOf(former.cookie);
        const own =
          lifetime === undefined
            ? { cookie, ...(keeps === 'all' && change) }
            : {
                idleTimeout: lifetime,
                absoluteTimeout: lifetime,
                cookie: { ...cookie, originalMaxAge: lifetime },
              };
        const metadata = { seenAt: now, createdAt: now, userId, authenticatedAt: now, ...own };
        return { keep: keeps, metadata };
      },
      joined: (metadata) => {
        if (lifetime === undefined) return { ...metadata, authenticatedAt: now };
        // The absolute timeout counts from when the session began, and the user is remembered from now on.
        const age = Math.max(0, now - metadata.createdAt);
        return {
          ...metadata,
          authenticatedAt: now,
          idleTimeout: lifetime,
          absoluteTimeout: lifetime + age,
          cookie: { ...scopeOf(metadata.cookie), originalMaxAge: lifetime },
        };
      },
    };
  };
}

/** Gives what is kept a new id. Only with `'all'` does the user stay signed in. */
export function regenerate(keep: Keep): RotationKind {
  return (session, now) => {
    const change = session.view.cookieChange();
    const joined = (metadata: SessionMetadata): SessionMetadata => ({ ...metadata, ...change });
    return {
      type: 'rotated',
      wish: { to: 'regenerate', anew: keep === 'none' },
      data: NO_CHANGES,
      continues: keep !== 'none',
      renewed: (former) => ({
        keep,
        metadata:
          keep === 'all'
            ? joined(former)
            : { seenAt: now, createdAt: now, cookie: scopeOf(former.cookie) },
      }),
      joined,
    };
  };
}

/**
 * Confirms that its user has proved again who they are: the same session, newly authenticated, under a new
 * id.
 */
export const confirmation: RotationKind = (session, now) => {
  const { is } = session.state;
  if (is !== 'ended' && is !== 'rotated' && session.userId === undefined) {
    throw new SessionUnusableError(
      'confirm() was called, but nobody is signed in. Call login() first, or guard the route with AuthenticatedGuard.',
    );
  }
  const change = session.view.cookieChange();
  const joined = (metadata: SessionMetadata): SessionMetadata => ({
    ...metadata,
    ...change,
    authenticatedAt: now,
  });
  return {
    type: 'rotated',
    wish: { to: 'confirm' },
    data: NO_CHANGES,
    continues: true,
    renewed: (former) => ({ keep: 'all', metadata: joined(former) }),
    joined,
  };
};

/**
 * Returns the path and domain of a session's cookie, if they are its own. With others, the new cookie would
 * not replace the one in the browser, which would go on sending a worthless one.
 */
function scopeOf({ path, domain }: CookieOverrides = {}): CookieOverrides {
  if (path === undefined && domain === undefined) return undefined;
  return { ...(path !== undefined && { path }), ...(domain !== undefined && { domain }) };
}
