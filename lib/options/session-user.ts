/**
 * The types that an application declares of its own, once, by merging:
 * `declare module 'nestjs-sesame' { interface SessionTypes { user: User } }`. `user` is what its
 * `loadUser` option returns.
 */
export interface SessionTypes {}

/** A user, as the application has it: what it declares as `user` in {@link SessionTypes}. */
export type SessionUser = SessionTypes extends { user: infer User } ? User : object;

/** Finds the user of an id: `undefined` or `null` for one who is gone, or is not to be let in any more. */
export type UserLoader = (
  userId: string,
) => SessionUser | null | undefined | Promise<SessionUser | null | undefined>;
