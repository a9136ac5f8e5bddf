import { METADATA_KEY } from '../../stores/metadata-key.js';
import { CorruptRecordError, UnserialisableAttributeError } from '../errors.js';

/** The session's data: every attribute (top-level key) that the application keeps in it. */
export type SessionAttributes = Record<string, unknown>;

/** How deep data may be nested: code that walks through it needs stack for every level. */
const MAX_DEPTH = 500;

/**
 * One attribute as JSON; `undefined` if it would not be stored.
 * @throws UnserialisableAttributeError naming the path of what JSON cannot carry
 */
export function serialiseAttribute(name: string, value: unknown): string | undefined {
  refuseUnserialisable(name, value);
  return JSON.stringify(value);
}

/** @throws UnserialisableAttributeError naming the path of what JSON cannot carry */
export function requireSerialisable(attributes: SessionAttributes): void {
  for (const name of Object.keys(attributes)) {
    refuseUnserialisable(name, attributes[name]);
    if (isOwnName(name)) {
      throw new UnserialisableAttributeError(name, 'a name that every session object uses itself');
    }
  }
}

/** All attributes as JSON; `undefined` if JSON would refuse or lose one. */
export function jsonOf(attributes: SessionAttributes): string | undefined {
  if (Object.values(attributes).some(isLostInJson)) return undefined;
  try {
    return JSON.stringify(attributes);
  } catch {
    return undefined;
  }
}

/** The names that every session object of express-session uses itself. */
const OWN_NAMES = new Set([
  'id',
  'req',
  'save',
  'reload',
  'destroy',
  'regenerate',
  'touch',
  'resetMaxAge',
]);

function isOwnName(name: string): boolean {
  return OWN_NAMES.has(name) || name in Object.prototype;
}

/**
 * Leaves out attributes that a session object cannot have, as express-session does: a record that
 * another program wrote may have one that is named like a method.
 */
export function showable(attributes: SessionAttributes): SessionAttributes {
  const names = Object.keys(attributes);
  if (!names.some(isOwnName)) return attributes;
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !isOwnName(name)));
}

function refuseUnserialisable(name: string, value: unknown): void {
  if (name === METADATA_KEY) {
    throw new UnserialisableAttributeError(name, 'a name that Sesame keeps for its own metadata');
  }
  if (name === '__proto__') throw new UnserialisableAttributeError(name, 'a __proto__ key');
  const offender = findOffender(value, []);
  if (offender === undefined) return;
  throw new UnserialisableAttributeError(shortened(name + offender.path), offender.is);
}

/** True for a value that JSON would leave out, or of which it would leave out the content. */
export function isLostInJson(value: unknown): boolean {
  if (typeof value === 'object') return emptiedKind(value) !== undefined;
  return typeof value === 'function' || typeof value === 'symbol';
}

/** JSON turns these into `{}`. */
const EMPTIED = [Map, Set, WeakMap, WeakSet, Promise, RegExp];

function emptiedKind(value: object | null): string | undefined {
  if (value === null || Object.getPrototypeOf(value) === Object.prototype) return undefined;
  return EMPTIED.find((kind) => value instanceof kind)?.name;
}

/** @throws CorruptRecordError if the value has a `__proto__` key at any depth */
export function refuseUnsafeKeys(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (Object.hasOwn(value, '__proto__')) throw new CorruptRecordError('it carries a __proto__ key');
  if (depth > MAX_DEPTH) throw new CorruptRecordError('it is nested too deeply');
  for (const child of Object.values(value)) refuseUnsafeKeys(child, depth + 1);
}

/** A cheap sign that a JSON text may be nested too deeply: every level has two brackets. */
export function mayBeTooDeep(json: string): boolean {
  return json.length > 2 * MAX_DEPTH && countOf('[', json) + countOf('{', json) > MAX_DEPTH;
}

function countOf(character: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) {
    count += 1;
  }
  return count;
}

interface Offender {
  /** Its path within the value, such as `.items[2]`; empty for the value itself. */
  readonly path: string;
  readonly is: string;
}

/** The first thing in a value that JSON cannot carry. */
function findOffender(value: unknown, ancestors: object[]): Offender | undefined {
  switch (typeof value) {
    case 'bigint':
      return { path: '', is: 'a BigInt' };
    case 'function':
      return { path: '', is: 'a function' };
    case 'symbol':
      return { path: '', is: 'a symbol' };
    case 'object':
      return value === null || value instanceof Date ? undefined : findInside(value, ancestors);
    default:
      return undefined;
  }
}

function findInside(value: object, ancestors: object[]): Offender | undefined {
  if (ancestors.includes(value)) return { path: '', is: 'a cycle' };
  if (ancestors.length === MAX_DEPTH) {
    return { path: '', is: `nested more than ${MAX_DEPTH} levels deep` };
  }
  if (Object.hasOwn(value, '__proto__')) return { path: '.__proto__', is: 'a __proto__ key' };
  const kind = emptiedKind(value);
  if (kind !== undefined) return { path: '', is: `a ${kind}, which JSON would empty` };
  ancestors.push(value);
  const offender = hasToJson(value)
    ? findOffender(value.toJSON(''), ancestors)
    : findInChildren(value, ancestors);
  ancestors.pop();
  return offender;
}

function findInChildren(value: object, ancestors: object[]): Offender | undefined {
  for (const [key, child] of Object.entries(value)) {
    const offender = findOffender(child, ancestors);
    if (offender === undefined) continue;
    const step = Array.isArray(value) ? `[${key}]` : `.${key}`;
    return { path: step + offender.path, is: offender.is };
  }
  return undefined;
}

/** How much of a path is shown, in characters. */
const MAX_PATH = 60;

function shortened(path: string): string {
  return path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path;
}

function hasToJson(value: object): value is { toJSON(key: string): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}
