import { types } from 'node:util';
import { METADATA_KEY } from '../stores/metadata-key.js';

/**
 * What may be told of a store's failure. Drivers quote their statements, with a session's id and
 * data in them, in messages and beside them; those must reach neither a log nor whoever is told.
 * @param key under which the store was asked; '' for none
 */
export function tellable(failure: unknown, key: string): Error {
  if (!isError(failure)) return new Error('the store failed, and said nothing of it');
  const code: unknown = Reflect.get(failure, 'code');
  const named = { name: failure.name, ...(typeof code === 'string' && { code }) };
  const { message, cause } = failure;
  // A parser quotes what it could not read, and a store parses its records.
  const isParsers = failure.name === 'SyntaxError';
  if (isParsers || message.includes(METADATA_KEY) || (key !== '' && message.includes(key))) {
    const kind = [failure.name, named.code].filter(Boolean).join(' ');
    const withheld = new Error(`${kind}: its message is withheld, since it quotes the session`);
    return Object.assign(withheld, named);
  }
  const told = new Error(
    message,
    cause === undefined ? undefined : { cause: tellable(cause, key) },
  );
  return Object.assign(told, named, { stack: failure.stack });
}

/** Node's own errors are of another realm where the application runs in one of its own, as in jest. */
function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}
