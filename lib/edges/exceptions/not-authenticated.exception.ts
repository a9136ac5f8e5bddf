import { HttpStatus, UnauthorizedException } from '@nestjs/common';
import { brand } from '../../copies/brand.js';

/**
 * Why a request does not count as signed in.
 * - `anonymous`: no cookie that verifies, a record that cannot be read, or a session without a user
 * - `expired`: the store has no session for the cookie: it timed out, was signed out, or got a new id
 *   longer ago than `rotationGrace`
 * - `rotated`: a sign-in has just given the session a new id, which the request does not have: the client
 *   should send it again
 * - `revoked`: `revoke()` or `revokeAll()` ended it within the last hour, or the index of users lost it
 * - `evicted`: a sign-in elsewhere ended it, under `limit`, within the last hour
 * - `absolute-timeout`: the store still has the record, but it is older than `absoluteTimeout`
 * - `user-gone`: `loadUser` returned no user for the session, which ended it
 * - `stale`: somebody is signed in, but not as recently as `@RequireFresh()` asks
 */
export type NotAuthenticatedReason =
  | 'anonymous'
  | 'expired'
  | 'rotated'
  | 'revoked'
  | 'evicted'
  | 'absolute-timeout'
  | 'user-gone'
  | 'stale';

const MESSAGES: Readonly<Record<NotAuthenticatedReason, string>> = {
  anonymous: 'Not signed in.',
  expired: 'The session has expired. Sign in again.',
  rotated: 'A sign-in has renewed the session. Send the request again.',
  revoked: 'The session was ended. Sign in again.',
  evicted: 'The session was ended by a sign-in elsewhere. Sign in again.',
  'absolute-timeout': 'The session has reached its maximum age. Sign in again.',
  'user-gone': 'This account is no longer active.',
  stale: 'This needs a recent sign-in. Confirm who you are.',
};

/**
 * 401: nobody is signed in; or the session that `revokeAll()` was to spare, or `adopt()` to enter, had
 * already been ended; or its user no longer exists. The response body has the `reason`.
 */
export class NotAuthenticatedException extends UnauthorizedException {
  static {
    brand(this, 'NotAuthenticatedException');
  }

  constructor(
    /** Why the request does not count as signed in. */
    readonly reason: NotAuthenticatedReason,
  ) {
    super({
      statusCode: HttpStatus.UNAUTHORIZED,
      error: 'Unauthorized',
      message: MESSAGES[reason],
      reason,
    });
  }
}
