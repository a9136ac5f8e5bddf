/**
 * The types that an application declares of its own, once, by merging:
 * `declare module 'nestjs-sesame' { interface SessionTypes { user: User } }`. `user` is what its
 * `loadUser` option returns.
 */
export interface SessionTypes {}

/** A user, as the application has it: what it declares as `user` in {@link SessionTypes}. */
export type SessionUser = SessionTypes extends { user: infer User } ? User : object;

/**
 * The user of this id; `undefined` or `null` if there is none any more, or it may not come in.
 */
export type UserLoader = (
  userId: string,
) => SessionUser | null | undefined | Promise<SessionUser | null | undefined>;
