/**
 * The application's own types, which it declares once, by merging: `declare module 'nestjs-sesame' {
 * interface SessionTypes { user: User } }`. `user` is what its `loadUser` option returns.
 */
export interface SessionTypes {}

/** A user of the application: what it declares as `user` in {@link SessionTypes}. */
export type SessionUser = SessionTypes extends { user: infer User } ? User : object;

/** Finds the user with an id; `undefined` or `null` for one who is gone, or no longer to be let in. */
export type UserLoader = (
  userId: string,
) => SessionUser | null | undefined | Promise<SessionUser | null | undefined>;
