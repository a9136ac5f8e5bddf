import { types } from 'node:util';
import { printable } from './printable.js';

// Anything can be thrown: a text, `undefined`, a proxy that throws when it is read. Code that describes
// or passes on what was thrown must not throw in turn, since nothing is left to catch that.

/** How deep causes of causes are followed: some are circular. */
export const MAX_CAUSES = 8;

/** How much of a message that is not Sesame's own is shown, in characters. */
const MAX_MESSAGE = 1_000;

/** True for an error, even of another realm, as Node's own errors are in Jest. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || (attempt(() => value instanceof Error) ?? false);
}

/** Returns a property; `undefined` if reading it throws. */
export function peek(value: unknown, name: PropertyKey): unknown {
  return attempt((): unknown => Reflect.get(Object(value), name));
}

/**
 * Joins the messages of an error and its causes; never the objects, which may hold what nobody should see.
 * @param isOwn tells whether an error's message may be shown as it is; any other is cut to one short line
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

/** Returns an error that every handler can read: what was thrown, if it is one. */
export function asError(thrown: unknown): Error {
  if (!isError(thrown)) return new Error(`what was thrown is not an Error: ${textOf(thrown)}`);
  if (attempt(() => isReadable(thrown)) === true) return thrown;
  return new Error(`what was thrown cannot be read: ${describe(thrown)}`);
}

/** Reads what error handlers and loggers read. */
function isReadable(error: Error): boolean {
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

/** Returns what a function reads; `undefined` if it throws. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
