/** One of a user's sessions, as the user may see it. */
export interface SessionSummary {
  /** The session's public name. It cannot be turned back into an id. */
  readonly handle: string;
  /** Whose it is. */
  readonly userId: string;
  /** When it began. A sign-in begins it anew. */
  readonly createdAt: Date;
  /** When it was last used, exact to one touch interval. */
  readonly seenAt: Date;
  /** When it ends unless it is used again. */
  readonly expiresAt: Date;
  /** When its user last signed in or confirmed. */
  readonly authenticatedAt: Date;
  /** The client's address when the session was written last; it heeds Express's `trust proxy`. */
  readonly ip?: string | undefined;
  /** The `User-Agent` header of that request, cut at 512 characters. */
  readonly userAgent?: string | undefined;
  /** True for the session of the request that asks. */
  readonly current: boolean;
}
