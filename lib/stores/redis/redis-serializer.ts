import type { SessionData } from 'express-session';
import type { RecordCodec } from '../session-store.js';

/**
 * A format of records of the application's own, as connect-redis knows it. Both methods must be
 * synchronous: a promise is refused.
 */
export interface RedisSerializer {
  /**
   * The session in a stored text: all that `stringify` was given, Sesame's `_sesame` included. When
   * it throws, the text is no session, and is left where it is.
   */
  parse(text: string): SessionData;
  /** The text to store of a session. */
  stringify(session: SessionData): string;
}

/** How records are written by it. */
export function codecOf(serializer: RedisSerializer): RecordCodec {
  return {
    seal: (text) => requireText(synchronous(serializer.stringify(JSON.parse(text)))),
    open: (payload) => requireText(written(synchronous(parsed(serializer, payload)))),
  };
}

/** What is wrong with a record is logged, and a parser's own message quotes what it could not read. */
function parsed(serializer: RedisSerializer, payload: string): unknown {
  try {
    return serializer.parse(payload);
  } catch {
    throw new Error(
      'its serializer could not parse it. What that threw is withheld, since it may quote the record',
    );
  }
}

function written(session: unknown): unknown {
  try {
    return JSON.stringify(session);
  } catch {
    throw new Error('what its serializer made of it cannot be written as JSON');
  }
}

function requireText(text: unknown): string {
  if (typeof text === 'string') return text;
  throw new TypeError(
    'RedisSessionStore: serializer returned no text from stringify, or no session from parse.',
  );
}

/** connect-redis awaits what `parse` returns; a record must be readable while a request runs. */
function synchronous<T>(result: T): T {
  if (!(result instanceof Promise)) return result;
  result.catch(() => undefined);
  throw new TypeError('RedisSessionStore: serializer returned a promise. It must be synchronous.');
}
