import { printable } from './printable.js';
import { attempt, peek } from './thrown.js';

/** Returns the name of an object's class; `undefined` for a plain object, and for a class without a name. */
export function classNameOf(value: object): string | undefined {
  const prototype: unknown = attempt(() => Object.getPrototypeOf(value));
  const name = peek(peek(prototype, 'constructor'), 'name');
  if (typeof name === 'string' && !UNSPECIFIC.has(name)) return name;
  const tag = peek(value, Symbol.toStringTag); // a generator has no constructor
  return typeof tag === 'string' && tag !== '' ? tag : undefined;
}

const UNSPECIFIC = new Set(['', 'Object', 'Iterator']);

/** Puts the article before the name of a class, as in "a Map" and "an Error". */
export function withArticle(className: string): string {
  return `${/^[AEIO]/.test(className) ? 'an' : 'a'} ${printable(className)}`;
}
