import { noteCopy } from './second-copy.js';

noteCopy();

type Class = abstract new (...args: never[]) => object;

const isOrdinaryInstance = Function.prototype[Symbol.hasInstance];

/**
 * Makes `instanceof` recognise the objects of a class, and of classes that extend it, from every copy of
 * this library in the process: by a symbol that all copies share, instead of by the class itself.
 * @param name the same in every copy, even if a bundler renames the class
 */
export function brand(type: Class, name: string): void {
  const mark = Symbol.for(`nestjs-sesame:${name}`);
  Object.defineProperty(type.prototype, mark, { value: true });
  Object.defineProperty(type, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      // A class that extends this one inherits this check, but the symbol is that of this class.
      if (this !== type) return Reflect.apply(isOrdinaryInstance, this, [value]);
      return typeof value === 'object' && value !== null && carries(value, mark);
    },
  });
}

/** Anything can be on the left of `instanceof`, even a proxy that throws when it is read. */
function carries(value: object, mark: symbol): boolean {
  try {
    return mark in value;
  } catch {
    return false;
  }
}
