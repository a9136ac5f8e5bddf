import { noteCopy } from './second-copy.js';

noteCopy();

type Class = abstract new (...args: never[]) => object;

const isOrdinaryInstance = Function.prototype[Symbol.hasInstance];

/**
 * Has `instanceof` know the objects of a class from every copy of this library in the process, and
 * of whatever extends it there: by a mark that all copies agree on, rather than by the class itself.
 * @param name the same in every copy, also when a bundler gives the class another one
 */
export function brand(type: Class, name: string): void {
  const mark = Symbol.for(`nestjs-sesame:${name}`);
  Object.defineProperty(type.prototype, mark, { value: true });
  Object.defineProperty(type, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      // A class that extends this one inherits the check, and is more than its mark tells.
      if (this !== type) return Reflect.apply(isOrdinaryInstance, this, [value]);
      return typeof value === 'object' && value !== null && carries(value, mark);
    },
  });
}

/** Anything can be thrown and asked after, also a proxy that throws when it is looked at. */
function carries(value: object, mark: symbol): boolean {
  try {
    return mark in value;
  } catch {
    return false;
  }
}
