import { printable } from '../../reporting/printable.js';
import { isError, MAX_CAUSES, peek } from '../../reporting/thrown.js';
import { METADATA_KEY } from '../../stores/metadata-key.js';

const NO_MESSAGE = 'the store failed without a message';

/** How much of a driver's message is kept, in characters. */
const MAX_MESSAGE = 500;

/**
 * Returns a store's failure in a form that may be reported. Drivers quote their statements, which can contain
 * a session's id and data, in messages and other properties; those must not reach a log or an application.
 * @param keys the keys that the store was asked for
 * @param depth how many failures this one is a cause of
 */
export function reportable(failure: unknown, keys: readonly string[], depth = 0): Error {
  if (!isError(failure)) return new Error(NO_MESSAGE);
  const quotes = (text: string): boolean =>
    text.includes(METADATA_KEY) || keys.some((key) => text.includes(key));
  const name = textAt(failure, 'name') ?? 'Error';
  const code = textAt(failure, 'code') ?? '';
  const message = messageOf(failure);
  const stack = textAt(failure, 'stack') ?? '';
  if (quotes(name + code)) return new Error('its name is withheld, since it quotes the session');
  const named = { name: printable(name), ...(code !== '' && { code: printable(code) }) };
  // A parser quotes what it could not read, and a store parses its records.
  if (name === 'SyntaxError' || quotes(message) || quotes(stack)) {
    const kind = [named.name, named.code].filter(Boolean).join(' ');
    const withheld = new Error(`${kind}: its message is withheld, since it quotes the session`);
    return Object.assign(withheld, named);
  }
  const shown = printable(message, MAX_MESSAGE);
  const cause = depth < MAX_CAUSES ? peek(failure, 'cause') : undefined;
  const options = cause === undefined ? undefined : { cause: reportable(cause, keys, depth + 1) };
  const failed = Object.assign(new Error(shown, options), named);
  return stack === ''
    ? failed
    : Object.assign(failed, { stack: stack.replace(message, () => shown) });
}

/** Node's AggregateError for several addresses that did not answer has no message of its own. */
function messageOf(failure: Error): string {
  const first = peek(peek(failure, 'errors'), '0');
  return textAt(failure, 'message') || textAt(first, 'message') || NO_MESSAGE;
}

function textAt(failure: unknown, name: string): string | undefined {
  const text = peek(failure, name);
  return typeof text === 'string' ? text : undefined;
}
