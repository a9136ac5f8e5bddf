import { typeName } from './options/type-name.js';

/** An id of another type, as from an untyped user, would be another user to some stores. */
export function requireUserId(method: string, userId: unknown): void {
  if (typeof userId === 'string' && userId !== '') return;
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
