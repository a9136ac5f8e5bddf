import { printable } from '../../reporting/printable.js';
import { METADATA_KEY } from '../../stores/metadata-key.js';
import { isError, MAX_CAUSES, peek } from '../../reporting/thrown.js';

const NOTHING = 'the store failed, and said nothing of it';

/** How much of a driver's message is told, in characters. */
const MAX_MESSAGE = 500;

/**
 * What may be told of a store's failure. Drivers quote their statements, with a session's id and
 * data in them, in messages and beside them; those must reach neither a log nor whoever is told.
 * @param key under which the store was asked; '' for none
 * @param depth of how many failures this one is the cause
 */
export function tellable(failure: unknown, key: string, depth = 0): Error {
  if (!isError(failure)) return new Error(NOTHING);
  const quotes = (text: string): boolean =>
    text.includes(METADATA_KEY) || (key !== '' && text.includes(key));
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
  const options = cause === undefined ? undefined : { cause: tellable(cause, key, depth + 1) };
  const told = Object.assign(new Error(shown, options), named);
  return stack === '' ? told : Object.assign(told, { stack: stack.replace(message, () => shown) });
}

/** Node's own AggregateError, of several addresses that did not answer, says nothing itself. */
function messageOf(failure: Error): string {
  const first = peek(peek(failure, 'errors'), '0');
  return textAt(failure, 'message') || textAt(first, 'message') || NOTHING;
}

function textAt(failure: unknown, name: string): string | undefined {
  const text = peek(failure, name);
  return typeof text === 'string' ? text : undefined;
}
