import { types } from 'node:util';
import { printable } from './printable.js';

// Anything can be thrown: a text, nothing at all, a proxy that throws when it is looked at. Whoever
// describes or hands on what was thrown must not throw in turn, since nobody is left to catch it.

/** How many causes of a cause are told. Some lead back to where they came from. */
export const MAX_CAUSES = 8;

/** How much of a message that is not Sesame's own is shown, in characters. */
const MAX_MESSAGE = 1_000;

/** True for an error, also of another realm: in jest, Node's own ones are. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || (attempt(() => value instanceof Error) ?? false);
}

/** A property, where it can be read. */
export function peek(value: unknown, name: string): unknown {
  return attempt((): unknown => Reflect.get(Object(value), name));
}

/**
 * An error's messages, down its causes; never the objects, which may hold what nobody should see.
 * @param isOwn tells whose message may be shown as it is; any other is shown in one short line
 */
export function describe(
  thrown: unknown,
  isOwn: (error: Error) => boolean = () => false,
  depth = 0,
): string {
  if (!isError(thrown)) return shortened(thrown);
  const message = peek(thrown, 'message');
  const shown = attempt(() => isOwn(thrown)) === true ? textOf(message) : shortened(message);
  const cause = peek(thrown, 'cause');
  if (cause === undefined) return shown;
  return `${shown} (${depth === MAX_CAUSES ? '…' : describe(cause, isOwn, depth + 1)})`;
}

/** An error that every handler can look at: the one that was thrown, wherever it is one. */
export function asError(thrown: unknown): Error {
  if (!isError(thrown)) return new Error(`what was thrown is no Error: ${textOf(thrown)}`);
  if (attempt(() => canBeLookedAt(thrown)) === true) return thrown;
  return new Error(`what was thrown cannot be looked at: ${describe(thrown)}`);
}

/** What handlers of errors read: Express's, Nest's, and loggers, which put it into a text. */
function canBeLookedAt(error: Error): boolean {
  for (const name of ['cause', 'code', 'status', 'statusCode', 'headers']) Reflect.get(error, name);
  const { name, message, stack } = error;
  return [name, message, stack ?? '', String(error)].every((text) => typeof text === 'string');
}

function shortened(value: unknown): string {
  return printable(textOf(value), MAX_MESSAGE);
}

function textOf(value: unknown): string {
  return attempt(() => String(value)) ?? 'it cannot be shown';
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
