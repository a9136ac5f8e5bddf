import type { SessionData } from 'express-session';
import type { RecordCodec } from '../session-store.js';

/**
 * The application's own format for records, as for connect-redis. Both methods must be synchronous: a
 * promise is refused.
 */
export interface RedisSerializer {
  /**
   * Returns the session in a stored text: all that `stringify` was given, including Sesame's `_sesame`. If it
   * throws, the text does not count as a session, and stays where it is.
   */
  parse(text: string): SessionData;
  /** Returns the text to store for a session. */
  stringify(session: SessionData): string;
}

/** Returns the codec that writes records with a serializer. */
export function codecOf(serializer: RedisSerializer): RecordCodec {
  return {
    seal: (text) => requireText(synchronous(serializer.stringify(JSON.parse(text)))),
    open: (payload) => requireText(written(synchronous(parsed(serializer, payload)))),
  };
}

/** Replaces the parser's error, which would be logged: its message quotes what the parser could not read. */
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

/**
 * Refuses a promise. connect-redis awaits what `parse` returns; here, a record must be readable while a
 * request runs.
 */
function synchronous<T>(result: T): T {
  if (!(result instanceof Promise)) return result;
  result.catch(() => undefined);
  throw new TypeError('RedisSessionStore: serializer returned a promise. It must be synchronous.');
}
