import session from 'express-session';
import type { Store } from 'express-session';
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
    const data = await answerOf<session.SessionData | null>((done) => this.store.get(key, done));
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
    return expected === undefined || payload === expected ? 'done' : { conflict: payload };
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
    await answerOf((done) => this.store.destroy(key, done));
  }
}

/** Where a payload that is not JSON (an encrypted one) stands in what the store is given. */
const SEALED = '_sealed';

/** Stores take objects with a cookie. */
function dataOf(payload: string): session.SessionData {
  const text = payload.startsWith('{')
    ? payload
    : JSON.stringify({ cookie: { originalMaxAge: null }, [SEALED]: payload });
  return JSON.parse(text);
}

function payloadOf(data: object): string {
  const sealed: unknown = Reflect.get(data, SEALED);
  return typeof sealed === 'string' ? sealed : JSON.stringify(data);
}

/** What a store's method calls back with. Some return a promise as well, which fails likewise. */
function answerOf<T>(
  call: (done: (error?: unknown, answer?: T) => void) => unknown,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      if (isAbsence(error)) resolve(undefined);
      else reject(asError(error));
    };
    const returned = call((error, answer) => (error ? fail(error) : resolve(answer)));
    Promise.resolve(returned).catch(fail);
  });
}

/** File-backed stores answer ENOENT for a session that does not exist; express-session agrees. */
function isAbsence(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('The session store failed', { cause: error });
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
