import { isOptionsObject } from '../options/options-object.js';
import { harmlessValue } from '../reporting/harmless-value.js';
import { nearestName } from '../reporting/nearest-name.js';
import { printable } from '../reporting/printable.js';
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

/** Refuses options that would be ignored, such as a misspelt `exceptCurrent`, which would spare nothing. */
export function requireOptions(method: string, options: unknown, names: readonly string[]): void {
  if (!isOptionsObject(options)) {
    throw new TypeError(
      `The options of ${method} are ${typeName(options)}; pass an object with any of ${names.join(', ')}.`,
    );
  }
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const nearest = nearestName(unknown, names);
  const hint = nearest === undefined ? `it has ${names.join(', ')}` : `did you mean ${nearest}?`;
  throw new TypeError(`${method} has no option called ${printable(unknown)}; ${hint}`);
}

export function requireKeep(method: string, keep: unknown): void {
  const isList = Array.isArray(keep) && keep.every((name) => typeof name === 'string');
  if (keep === undefined || keep === 'all' || keep === 'none' || isList) return;
  const found = Array.isArray(keep) ? 'an array of something other than names' : typeName(keep);
  throw new TypeError(
    `The keep option of ${method} is ${found}; pass 'all', 'none', or an array of the attributes to keep.`,
  );
}

export function requireFlag(method: string, name: string, flag: unknown): void {
  if (flag === undefined || typeof flag === 'boolean') return;
  throw new TypeError(
    `The ${name} option of ${method} is ${harmlessValue(flag)}; pass true or false.`,
  );
}

export function requireChange(change: unknown): void {
  if (typeof change === 'function') return;
  throw new TypeError(
    `The change passed to update() is ${typeName(change)}; pass a function that changes the session, such as (session) => session.count++.`,
  );
}

export function requireData(method: string, data: unknown): void {
  if (data === undefined) return;
  if (!isOptionsObject(data)) {
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
