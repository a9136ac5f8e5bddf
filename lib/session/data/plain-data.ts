/** How deep data may be nested to be looked at here; a cycle is no deeper. */
const MAX_DEPTH = 50;

/**
 * A quick check that nearly always suffices: true if a value certainly comes back from JSON as it is. It is
 * made of plain objects and arrays, strings, finite numbers, booleans and `null`, none of which has a
 * `toJSON()`.
 */
export function isPlainData(value: unknown): boolean {
  try {
    return isPlain(value, MAX_DEPTH);
  } catch {
    return false; // a getter threw, say
  }
}

function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      if (value === null) return true;
      if (depth === 0 || 'toJSON' in value) return false;
      return Array.isArray(value) ? isPlainArray(value, depth) : isPlainObject(value, depth);
    default:
      return false;
  }
}

function isPlainArray(array: readonly unknown[], depth: number): boolean {
  if (Object.getPrototypeOf(array) !== Array.prototype) return false;
  for (let index = 0; index < array.length; index += 1) {
    if (!isPlain(array[index], depth - 1)) return false;
  }
  return true;
}

interface Properties {
  readonly [name: string]: unknown;
}

function isPlainObject(object: Partial<Properties>, depth: number): boolean {
  if (Object.getPrototypeOf(object) !== Object.prototype) return false;
  // Unlike Object.keys(), this makes no list of names. Inherited ones, if somebody made some, do no harm.
  for (const name in object) {
    if (name === '__proto__') return false;
    if (!isPlain(object[name], depth - 1)) return false;
  }
  return true;
}
