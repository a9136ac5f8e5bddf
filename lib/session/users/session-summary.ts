/** One of a user's sessions, as the user may see it. */
export interface SessionSummary {
  /** The session's public name, whatever ids it gets. It cannot be turned back into an id. */
  readonly handle: string;
  /** The user whose session it is. */
  readonly userId: string;
  /** When it began; a sign-in begins a new one. */
  readonly createdAt: Date;
  /** When it was last used, exact to one touch interval. */
  readonly seenAt: Date;
  /** When it ends if it is not used again. */
  readonly expiresAt: Date;
  /** When it ends however much it is used; `undefined` without an absolute timeout. */
  readonly endsAt?: Date | undefined;
  /** When its user last signed in or confirmed. */
  readonly authenticatedAt: Date;
  /** The client's address when the session was last written; it heeds Express's `trust proxy`. */
  readonly ip?: string | undefined;
  /** The `User-Agent` header of that request, its first 512 characters. */
  readonly userAgent?: string | undefined;
  /** True for the session of the request that asks. */
  readonly current: boolean;
}
