import { createSessionMiddleware, InvalidSessionOptionsException } from 'nestjs-sesame';
import type { InvalidSessionOption } from 'nestjs-sesame';
import { SECRET } from '../settings-of.js';

/** What `createSessionMiddleware` throws for these options, whatever they are. */
export function rejectionOf(options: unknown): InvalidSessionOptionsException {
  try {
    // As a JavaScript user would call it, without a type checker.
    Reflect.apply(createSessionMiddleware, undefined, [options]);
  } catch (error) {
    if (error instanceof InvalidSessionOptionsException) return error;
    throw error;
  }
  throw new Error('the options were accepted');
}

/** The problems of these options together with a valid secret. */
export function problemsOf(options: object): readonly InvalidSessionOption[] {
  return rejectionOf({ secret: SECRET, ...options }).problems;
}

/** Throws unless these options are accepted together with a valid secret. */
export function accept(options: object): void {
  Reflect.apply(createSessionMiddleware, undefined, [{ secret: SECRET, ...options }]);
}
