import { isDeepStrictEqual } from 'node:util';
import session from 'express-session';
import type { Store } from 'express-session';
import { METADATA_KEY } from '../metadata-key.js';
import type {
  Conflict,
  ReadRecord,
  RemoveOutcome,
  ReplaceOutcome,
  SessionStore,
  StoredRecord,
  Version,
  Written,
} from '../session-store.js';
import { versionedByText } from '../text-version.js';
import { forgetsOnTime } from './forgetting.js';
import { answerOf, undefinedIfAbsent } from './store-answers.js';

/** What the application does with its store besides keeping Sesame's sessions in it. */
export interface ExpressStoreUse {
  /** True if the application makes the ids, and may repeat one: a key is looked up before it is used. */
  readonly mayRepeatIds: boolean;
  /** True if plain express-session can find the same records. */
  readonly isShared: boolean;
}

const CAREFUL: ExpressStoreUse = { mayRepeatIds: true, isShared: false };

/**
 * Makes any express-session `Store` serve as a {@link SessionStore}.
 *
 * Such a store can only get, set and destroy; it has no compare-and-set. The adapter reads, compares and
 * writes, and is given one write at a time for each session. Between processes there remains a gap of
 * one round trip between the read and the write. What another process writes in that gap is overwritten,
 * and a session that it ends in that gap comes back.
 */
export class ExpressStoreAdapter implements SessionStore {
  readonly lacksCompareAndSet = true;
  /** The write to each key that began last. */
  private readonly latest = new Map<string, symbol>();
  /** Whether the store itself forgets sessions when their time is over; found out once, when first asked. */
  private forgets: Promise<boolean> | undefined;

  constructor(
    private readonly store: Store,
    private readonly use = CAREFUL,
  ) {}

  async read(key: string): Promise<ReadRecord | undefined> {
    const data = await this.find(key);
    const isOver = !data || (hasExpired(data) && !this.mayBeExtended);
    return isOver ? undefined : versionedByText(payloadOf(data));
  }

  /**
   * Looks the key up only if ids may repeat: nobody else has an id of 192 random bits, and some stores fail
   * for a key that they do not know, or try again.
   */
  async create(key: string, record: StoredRecord): Promise<Written | 'taken'> {
    return this.write(key, async (isLatest) => {
      if (this.use.mayRepeatIds && (await this.read(key)) !== undefined) return 'taken';
      refuseLate(isLatest);
      return this.set(key, record);
    });
  }

  async replace(key: string, version: Version, record: StoredRecord): Promise<ReplaceOutcome> {
    return this.write(key, async (isLatest) => {
      const refusal = await this.refusalFor(key, version);
      refuseLate(isLatest);
      return refusal ?? this.set(key, record);
    });
  }

  async remove(key: string, version?: Version): Promise<RemoveOutcome> {
    return this.write(key, async (isLatest) => {
      const refusal = await this.refusalFor(key, version);
      refuseLate(isLatest);
      return refusal ?? this.destroy(key);
    });
  }

  /** A store that forgets on time, and still returns a record past its time, was told of a later one. */
  async isKeptBeyond(_key: string, time: number): Promise<boolean> {
    if (!this.mayBeExtended || time >= Date.now()) return false;
    const forgets = (this.forgets ??= forgetsOnTime(this.store));
    return forgets.catch(() => {
      this.forgets = undefined; // to be tried again
      return false;
    });
  }

  /**
   * express-session's touch tells most stores only how long to keep a record, and leaves the record as it is.
   */
  private get mayBeExtended(): boolean {
    return this.use.isShared && typeof this.store.touch === 'function';
  }

  /** Performs a write, which must no longer set anything once another has begun. */
  private async write<T>(
    key: string,
    perform: (isLatest: () => boolean) => Promise<T>,
  ): Promise<T> {
    const own = Symbol('write');
    this.latest.set(key, own);
    try {
      return await perform(() => this.latest.get(key) === own);
    } finally {
      if (this.latest.get(key) === own) this.latest.delete(key);
    }
  }

  /** Why a write is refused; `undefined` when the record has the version, or any version will do. */
  private async refusalFor(
    key: string,
    version: Version | undefined,
  ): Promise<'gone' | Conflict | undefined> {
    const found = await this.read(key);
    if (found === undefined) return 'gone';
    const isMet = version === undefined || saysSame(found.payload, String(version));
    return isMet ? undefined : { conflict: found };
  }

  /** File-backed stores report ENOENT for a session that does not exist, which express-session accepts. */
  private async find(key: string): Promise<session.SessionData | null | undefined> {
    return answerOf<session.SessionData | null>((done) => this.store.get(key, done)).catch(
      undefinedIfAbsent,
    );
  }

  private async set(key: string, record: StoredRecord): Promise<Written> {
    const data = dataOf(record.payload);
    // Stores expect express-session's own Cookie here, and read its `expires` or `maxAge` as the
    // time until which to keep the session.
    const cookie: session.Cookie = Reflect.construct(session.Cookie, [data.cookie]);
    const { originalMaxAge } = data.cookie;
    cookie.expires = new Date(record.expiresAt);
    cookie.originalMaxAge = originalMaxAge;
    data.cookie = cookie;
    await answerOf((done) => this.store.set(key, data, done));
    // Only now, since some stores add properties of their own to the object.
    return { version: payloadOf(data) };
  }

  private async destroy(key: string): Promise<'removed'> {
    await answerOf((done) => this.store.destroy(key, done)).catch(undefinedIfAbsent);
    return 'removed';
  }
}

/**
 * Converts a payload to what stores take: an object with a cookie. A payload that is not JSON, such as an
 * encrypted one, goes where the metadata would be: an application cannot write there, and metadata are always
 * an object.
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

/** No JSON object begins like this. */
const IS_SEALED = /^\w/;

/** A store may return the properties of an object in another order each time. */
function saysSame(payload: string, expected: string): boolean {
  if (payload === expected) return true;
  if (!payload.startsWith('{') || !expected.startsWith('{')) return false;
  return isDeepStrictEqual(JSON.parse(payload), JSON.parse(expected));
}

/** Not every store forgets a session when its cookie expires. */
function hasExpired({ cookie }: session.SessionData): boolean {
  const expires: unknown = cookie?.expires;
  if (!(expires instanceof Date) && typeof expires !== 'string') return false;
  return new Date(expires).getTime() <= Date.now();
}

/** Throws once the next write of the session has begun: then this one must not begin. */
function refuseLate(isLatest: () => boolean): void {
  if (!isLatest()) throw new Error('the store answered after another write had begun');
}
