import type { SessionData } from 'express-session';
import type { RecordCodec } from '../session-store.js';

/**
 * The application's own format for records, as for connect-redis. Both methods must be synchronous: a
 * promise is refused.
 */
export interface RedisSerializer {
  /**
   * Returns the session in a stored text: all that `stringify` was given, including Sesame's `_sesame`.
   * When it throws, the text counts as no session, and stays where it is.
   */
  parse(text: string): SessionData;
  /** Returns the text to store for a session. */
  stringify(session: SessionData): string;
}

/** The codec that writes records by a serializer. */
export function codecOf(serializer: RedisSerializer): RecordCodec {
  return {
    seal: (text) => requireText(synchronous(serializer.stringify(JSON.parse(text)))),
    open: (payload) => requireText(written(synchronous(parsed(serializer, payload)))),
  };
}

/** The error is logged, so it must not be the parser's own, whose message quotes what it could not read. */
function parsed(serializer: RedisSerializer, payload: string): unknown {
  try {
    return serializer.parse(payload);
  } catch {
    throw new Error(
      'its serializer could not parse it. The error is withheld, since it may quote the record',
    );
  }
}

function written(session: unknown): unknown {
  try {
    return JSON.stringify(session);
  } catch {
    throw new Error('what its serializer returned cannot be written as JSON');
  }
}

function requireText(text: unknown): string {
  if (typeof text === 'string') return text;
  throw new TypeError(
    'RedisSessionStore: serializer is wrong. stringify must return a string, and parse a session.',
  );
}

/** connect-redis awaits what `parse` returns; a record must be readable while a request runs. */
function synchronous<T>(result: T): T {
  if (!(result instanceof Promise)) return result;
  result.catch(() => undefined);
  throw new TypeError('RedisSessionStore: serializer returned a promise. It must be synchronous.');
}
