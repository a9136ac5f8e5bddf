import { classNameOf, withArticle } from './class-name.js';

/** Describes a value in an error, by its type and never by itself. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (value === '') return 'an empty string';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  if (typeof value === 'object') {
    const className = classNameOf(value);
    return className === undefined ? 'an object' : withArticle(className);
  }
  return value === undefined ? 'missing' : `a ${typeof value}`;
}
