import { typeName } from '../reporting/type-name.js';

const LONE_SURROGATE = /\p{Surrogate}/u;

/** An id of another type, as from an untyped user, would be another user to some stores. */
export function requireUserId(method: string, userId: unknown): void {
  if (typeof userId === 'string' && userId !== '') {
    if (!LONE_SURROGATE.test(userId)) return;
    throw new TypeError(
      `The user id given to ${method} holds half of a surrogate pair, by which stores cannot tell users apart; give well-formed text.`,
    );
  }
  throw new TypeError(
    `The user id given to ${method} is ${typeName(userId)}; give a string that is not empty, such as String(user.id).`,
  );
}

export function requireKeep(method: string, keep: unknown): void {
  if (keep === undefined || keep === 'all' || keep === 'none' || Array.isArray(keep)) return;
  throw new TypeError(
    `The keep option of ${method} is ${typeName(keep)}; give 'all', 'none', or an array of the attributes to keep.`,
  );
}
