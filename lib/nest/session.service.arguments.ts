import { typeName } from '../reporting/type-name.js';
import { isOwnName } from '../session/data/attributes.js';

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Refuses anything but an id: some stores would take one of another type, such as a number, for another user.
 */
export function requireUserId(method: string, userId: unknown): void {
  if (typeof userId === 'string' && userId !== '') {
    if (!LONE_SURROGATE.test(userId)) return;
    throw new TypeError(
      `The user id passed to ${method} contains half of a surrogate pair, so that some stores cannot tell users apart; pass well-formed text.`,
    );
  }
  throw new TypeError(
    `The user id passed to ${method} is ${typeName(userId)}; pass a string that is not empty, such as String(user.id).`,
  );
}

export function requireKeep(method: string, keep: unknown): void {
  if (keep === undefined || keep === 'all' || keep === 'none' || Array.isArray(keep)) return;
  throw new TypeError(
    `The keep option of ${method} is ${typeName(keep)}; pass 'all', 'none', or an array of the attributes to keep.`,
  );
}

export function requireData(method: string, data: unknown): void {
  if (data === undefined) return;
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new TypeError(
      `The data option of ${method} is ${typeName(data)}; pass an object with the attributes to set.`,
    );
  }
  if (Object.hasOwn(data, 'cookie')) {
    throw new TypeError(
      `The data option of ${method} has a cookie, which no attribute can be called; change the attributes of session.cookie instead, as in session.cookie.maxAge.`,
    );
  }
  const taken = Object.keys(data).find(isOwnName);
  if (taken === undefined) return;
  throw new TypeError(
    `The data option of ${method} has an attribute called ${taken}, a name that every session object uses itself; choose another name.`,
  );
}
