import { isOwnName, isSameJson } from '../../session/data/attributes.js';
import type { SessionAttributes } from '../../session/data/attributes.js';

/** Returns the attributes that a session object holds now. */
export function attributesOf(object: object): SessionAttributes {
  const attributes: SessionAttributes = {};
  for (const name of Object.keys(object)) {
    if (name === 'cookie') continue;
    const value: unknown = Reflect.get(object, name);
    // An assignment would set the prototype of the copy instead.
    if (name === '__proto__') Object.defineProperty(attributes, name, { value, enumerable: true });
    else attributes[name] = value;
  }
  return attributes;
}

/**
 * Makes a session object hold exactly these attributes, in this order: its JSON is compared with what
 * is stored. A value that is the same in JSON is left as it is, since the application may hold a
 * reference to it.
 */
export function fill(object: object, attributes: SessionAttributes): void {
  const now = attributesOf(object);
  for (const name of Object.keys(now)) Reflect.deleteProperty(object, name);
  for (const [name, value] of Object.entries(attributes)) {
    const isSame = now[name] === value || isSameJson(value, now[name]);
    assignAttributes(object, { [name]: isSame ? now[name] : value });
  }
}

/**
 * Sets attributes, except those named like a method of express-session's object, as express-session does.
 * Anything else that an object inherits, such as `get` on Fastify, is hidden by an attribute of that name.
 */
export function assignAttributes(object: object, attributes: SessionAttributes): void {
  const isInherited = (name: string): boolean => name in object && !Object.hasOwn(object, name);
  if (!Object.keys(attributes).some(isInherited)) Object.assign(object, attributes);
  else
    for (const [name, value] of Object.entries(attributes))
      if (!isOwnName(name)) setAttribute(object, name, value);
}

/** Sets an attribute whatever the object inherits under its name. */
export function setAttribute(object: object, name: string, value: unknown): void {
  const property = { value, writable: true, enumerable: true, configurable: true };
  Reflect.defineProperty(object, name, property);
}
