import { printable } from './printable.js';
import { typeName } from './type-name.js';

/** A text that is not longer than this is no secret that anybody should use. */
const MAX_LENGTH = 20;

/**
 * Describes something that is not secret in an error, by the value itself. A longer text is described by its
 * type, in case a secret got into the wrong place.
 */
export function harmlessValue(value: unknown): string {
  switch (typeof value) {
    case 'number':
    case 'boolean':
      return String(value);
    case 'string':
      return value !== '' && value.length <= MAX_LENGTH ? `'${printable(value)}'` : typeName(value);
    default:
      return typeName(value);
  }
}
