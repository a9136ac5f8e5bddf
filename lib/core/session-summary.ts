/** One of a user's sessions, as the user may see it. */
export interface SessionSummary {
  /** The session's public name. It cannot be turned back into an id. */
  readonly handle: string;
  readonly userId: string;
  readonly createdAt: Date;
  /** When it was last used, exact to one touch interval. */
  readonly seenAt: Date;
  /** When it ends unless it is used again. */
  readonly expiresAt: Date;
  readonly authenticatedAt: Date;
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
  /** True for the session of the request that asks. */
  readonly current: boolean;
}
