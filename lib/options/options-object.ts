/**
 * True for an object that options can be read from: a plain one, or one of a class that has properties of its
 * own. Of any other, such as a Promise, a Map, or an object whose options are getters of its class, nothing
 * would be read, as if it were `{}`.
 */
export function isOptionsObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  if (Object.keys(value).length > 0) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
