import { METADATA_KEY } from '../../stores/metadata-key.js';
import { UnserialisableAttributeError } from '../errors.js';
import { JsonSearch } from './json-search.js';
import { PROTO_KEY } from './offender.js';
import type { Offender } from './offender.js';
import { isPlainData } from './plain-data.js';

/** The session's data: every attribute (top-level key) that the application keeps in it. */
export type SessionAttributes = Record<string, unknown>;

/**
 * Returns one attribute as JSON; `undefined` if it would not be stored.
 * @throws UnserialisableAttributeError naming the path of what JSON cannot carry
 */
export function serialiseAttribute(name: string, value: unknown): string | undefined {
  refuseUnserialisable(name, value);
  return JSON.stringify(value);
}

/**
 * Returns all attributes as JSON.
 * @throws UnserialisableAttributeError naming the path of what JSON cannot carry
 */
export function serialiseAttributes(attributes: SessionAttributes): string {
  for (const name of Object.keys(attributes)) {
    refuseUnserialisable(name, attributes[name]);
    if (isOwnName(name)) throw unserialisable(name, OWN_NAME);
  }
  return JSON.stringify(attributes);
}

/** True if the value has the same JSON as the one that was loaded, and comes back from it as it is. */
export function isSameJson(loaded: unknown, value: unknown): boolean {
  if (!isPlainData(value) && new JsonSearch().offenderIn(value, '') !== undefined) return false;
  try {
    return JSON.stringify(value) === JSON.stringify(loaded);
  } catch {
    return false; // its toJSON() was good for one call only
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

/** True for a name that no attribute can have. */
export function isOwnName(name: string): boolean {
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

const OWN_NAME: Offender = { is: 'a name that every session object uses itself' };
const METADATA: Offender = { is: 'a name that Sesame keeps for its own metadata' };

function refuseUnserialisable(name: string, value: unknown): void {
  if (name === METADATA_KEY) throw unserialisable(name, METADATA);
  if (name === '__proto__') throw unserialisable(name, PROTO_KEY);
  if (isPlainData(value)) return;
  const search = new JsonSearch();
  const offender = search.offenderIn(value, name);
  if (offender !== undefined) throw unserialisable(name + search.path, offender);
}

function unserialisable(path: string, { is, instead, cause }: Offender): Error {
  return new UnserialisableAttributeError(shortened(path), is, instead, cause);
}

/** How much of a path is shown, in characters. */
const MAX_PATH = 60;

function shortened(path: string): string {
  return path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path;
}
