import { isDeepStrictEqual, types } from 'node:util';
import session from 'express-session';
import type { Store } from 'express-session';
import { METADATA_KEY } from '../metadata-key.js';
import type { SessionStore, StoredRecord, StoreOutcome } from '../session-store.js';
import { KeyedQueue } from './keyed-queue.js';

/**
 * Makes any express-session `Store` serve as a {@link SessionStore}.
 *
 * Such a store can only get, set and destroy: it has no compare-and-set. Within one process the
 * adapter supplies it, by letting one write at a time look and then write. Between processes there
 * remains a gap of one round trip between the look and the write, in which a write by another
 * process is overwritten or a session that it ended comes back.
 */
export class ExpressStoreAdapter implements SessionStore {
  private readonly writes = new KeyedQueue();

  constructor(private readonly store: Store) {}

  async read(key: string): Promise<string | undefined> {
    const data = await this.find(key);
    return !data || hasExpired(data) ? undefined : payloadOf(data);
  }

  async create(key: string, record: StoredRecord): Promise<boolean> {
    return this.writes.run(key, async (isOver) => {
      if ((await this.read(key)) !== undefined) return false;
      refuseLate(isOver);
      await this.set(key, record);
      return true;
    });
  }

  async replace(key: string, expected: string, record: StoredRecord): Promise<StoreOutcome> {
    return this.writes.run(key, async (isOver) => {
      const outcome = await this.compare(key, expected);
      refuseLate(isOver);
      if (outcome === 'done') await this.set(key, record);
      return outcome;
    });
  }

  async remove(key: string, expected?: string): Promise<StoreOutcome> {
    return this.writes.run(key, async (isOver) => {
      const outcome = await this.compare(key, expected);
      refuseLate(isOver);
      if (outcome === 'done') await this.destroy(key);
      return outcome;
    });
  }

  private async compare(key: string, expected: string | undefined): Promise<StoreOutcome> {
    const payload = await this.read(key);
    if (payload === undefined) return 'gone';
    return expected === undefined || saysSame(payload, expected) ? 'done' : { conflict: payload };
  }

  /** File-backed stores answer ENOENT for a session that does not exist; express-session agrees. */
  private async find(key: string): Promise<session.SessionData | null | undefined> {
    return answerOf<session.SessionData | null>((done) => this.store.get(key, done)).catch(
      undefinedIfAbsent,
    );
  }

  private async set(key: string, record: StoredRecord): Promise<void> {
    const data = dataOf(record.payload);
    // Stores expect express-session's own Cookie here, and read its `expires` or `maxAge` as the
    // time until which to keep the session.
    const cookie: session.Cookie = Reflect.construct(session.Cookie, [data.cookie]);
    const { originalMaxAge } = data.cookie;
    cookie.expires = new Date(record.expiresAt);
    cookie.originalMaxAge = originalMaxAge;
    data.cookie = cookie;
    await answerOf((done) => this.store.set(key, data, done));
  }

  private async destroy(key: string): Promise<void> {
    await answerOf((done) => this.store.destroy(key, done)).catch(undefinedIfAbsent);
  }
}

/**
 * Stores take objects with a cookie. A payload that is not JSON (an encrypted one) stands in the place
 * of the metadata, which no application can write to, and which are an object otherwise.
 */
function dataOf(payload: string): session.SessionData {
  const text = payload.startsWith('{')
    ? payload
    : JSON.stringify({ cookie: { originalMaxAge: null }, [METADATA_KEY]: payload });
  return JSON.parse(text);
}

function payloadOf(data: object): string {
  const sealed: unknown = Reflect.get(data, METADATA_KEY);
  return typeof sealed === 'string' && IS_SEALED.test(sealed) ? sealed : JSON.stringify(data);
}

/** What no JSON object begins with. */
const IS_SEALED = /^\w/;

/** A store may give the names of an object back in another order, each time in a different one. */
function saysSame(payload: string, expected: string): boolean {
  if (payload === expected) return true;
  if (!payload.startsWith('{') || !expected.startsWith('{')) return false;
  return isDeepStrictEqual(JSON.parse(payload), JSON.parse(expected));
}

/** What a store's method calls back with. Some return a promise as well, which fails likewise. */
function answerOf<T>(
  call: (done: (error?: unknown, answer?: T) => void) => unknown,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(asError(error));
    const returned = call((error, answer) => (error ? fail(error) : resolve(answer)));
    Promise.resolve(returned).catch(fail);
  });
}

/** A file that is not there. A socket that is not there is an outage, and a failed write is one, too. */
function undefinedIfAbsent(error: Error): undefined {
  const isAbsence = 'code' in error && error.code === 'ENOENT';
  if (!isAbsence || ('syscall' in error && error.syscall === 'connect')) throw error;
}

/** Node says for certain what is an error, also of another realm, and looks at nothing in it. */
function asError(error: unknown): Error {
  return types.isNativeError(error)
    ? error
    : new Error('The session store failed', { cause: error });
}

/** Not every store forgets a session when its cookie expires. */
function hasExpired({ cookie }: session.SessionData): boolean {
  const expires: unknown = cookie?.expires;
  if (!(expires instanceof Date) && typeof expires !== 'string') return false;
  return new Date(expires).getTime() <= Date.now();
}

/** A write that is on its way already cannot be called back; one that is not must not begin. */
function refuseLate(isOver: () => boolean): void {
  if (isOver()) throw new Error('the store answered after another write had begun');
}
