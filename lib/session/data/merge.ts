import { isSameJson, serialiseAttribute } from './attributes.js';
import type { SessionAttributes } from './attributes.js';

/** What one request changed in its session: each changed attribute as JSON, `undefined` if deleted. */
export type AttributeChanges = ReadonlyMap<string, string | undefined>;

export const NO_CHANGES: AttributeChanges = new Map();

/**
 * Returns the changes that set these attributes.
 * @throws UnserialisableAttributeError naming an attribute that cannot be stored
 */
export function changesThatSet(attributes: SessionAttributes): AttributeChanges {
  return changesBetween({}, attributes);
}

/**
 * Returns the attributes that differ between a session as it was loaded and as it is now.
 * @throws UnserialisableAttributeError if an attribute cannot be stored
 */
export function changesBetween(
  loaded: SessionAttributes,
  now: SessionAttributes,
): AttributeChanges {
  const changes = new Map<string, string | undefined>();
  for (const [name, value] of Object.entries(now)) {
    const text = serialiseAttribute(name, value);
    const before = Object.hasOwn(loaded, name) ? JSON.stringify(loaded[name]) : undefined;
    if (text !== before) changes.set(name, text);
  }
  for (const name of Object.keys(loaded)) {
    if (!Object.hasOwn(now, name)) changes.set(name, undefined);
  }
  return changes;
}

/**
 * A three-way merge by attribute: what this request changed wins, everything else keeps its stored
 * value.
 */
export function applyChanges(
  stored: SessionAttributes,
  changes: AttributeChanges,
): SessionAttributes {
  const merged = { ...stored };
  for (const [name, text] of changes) {
    if (text === undefined) delete merged[name];
    else merged[name] = JSON.parse(text);
  }
  return merged;
}

/**
 * Returns the attributes of a session that takes in newer ones while the application goes on: the newer ones,
 * with what it changed since `before`. Nothing is copied, and nothing need be storable.
 */
export function keepingLater(
  newer: SessionAttributes,
  before: SessionAttributes,
  now: SessionAttributes,
): SessionAttributes {
  const kept = { ...newer };
  for (const [name, value] of Object.entries(now)) {
    if (!Object.hasOwn(before, name) || !isSameJson(before[name], value)) kept[name] = value;
  }
  for (const name of Object.keys(before)) if (!Object.hasOwn(now, name)) delete kept[name];
  return kept;
}
