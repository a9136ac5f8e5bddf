import type { SessionStore, StoredRecord } from '../stores/session-store.js';
import type { PayloadReader, RequestSession } from './request-session.js';
import type { SessionAttributes } from './session-attributes.js';
import { SessionUnusableError, StoreUnavailableError } from './session-errors.js';
import type { SessionEvent } from './session-events.js';
import { applyChanges, changesBetween } from './session-merge.js';
import { parseRecord, serialiseRecord } from './session-record.js';
import type { SessionMetadata, SessionRecord } from './session-record.js';
import type { SessionSettings } from './session-settings.js';
import { expiryOf } from './session-timeouts.js';

/** How many newer versions a write merges with before it gives up. */
const MAX_ATTEMPTS = 200;

/** From this attempt on, writers wait a random moment, so that they stop colliding. */
const FIRST_PAUSE = 8;
const MAX_PAUSE = 20;

/** A user agent comes from outside, and a record should stay small. */
const MAX_USER_AGENT = 512;

/** The record that should replace the current one; `refused` is the payload that came too late. */
type NextRecord = (current: SessionRecord, refused: string | undefined) => SessionRecord;

/** Writes sessions to the store so that parallel requests keep each other's changes. */
export class SessionCommit {
  constructor(
    private readonly settings: SessionSettings,
    private readonly store: SessionStore,
    private readonly readPayload: PayloadReader,
    private readonly emit: (event: Omit<SessionEvent, 'at'>) => void,
  ) {}

  /** A new session is stored when it holds something, unless `saveUninitialized` asks for more. */
  isWorthCreating(session: RequestSession): boolean {
    if (this.settings.saveUninitialized) return true;
    return (
      session.isViewed &&
      Object.values(session.attributes()).some((attribute) => attribute !== undefined)
    );
  }

  isTouchDue(session: RequestSession): boolean {
    if (session.isTouchDemanded) return true;
    return this.settings.clock() - session.seenAt() >= this.settings.touchInterval;
  }

  /**
   * Stores the session as it is now, merged with what other requests stored meanwhile. When it is
   * gone from the store it stays gone, and the session's state says so.
   */
  async commit(session: RequestSession): Promise<void> {
    if (session.stored === undefined) return this.create(session);
    const { attributes: base } = session.base();
    const changes = changesBetween(base, session.attributes());
    const sent = applyChanges(base, changes);
    const hasNewCookie = session.hasChangedCookie;
    const overrides = session.cookieOverrides();
    let isMerged = false;
    const written = await this.replace(session, (current, refused) => {
      isMerged = refused !== undefined;
      const metadata = { ...current.metadata, ...(hasNewCookie && { cookie: overrides }) };
      return this.recordOf(session, metadata, applyChanges(current.attributes, changes));
    });
    if (written === undefined) return;
    session.hasNewCookie ||= hasNewCookie;
    // The object in the application's hands learns what the others stored, and keeps what it
    // was given while this write was under way.
    if (isMerged)
      session.refill(applyChanges(written.attributes, changesBetween(sent, session.attributes())));
  }

  /** Stores a session of which nothing is stored yet. */
  async create(session: RequestSession): Promise<void> {
    const sent = applyChanges({}, changesBetween({}, session.attributes()));
    const metadata = { ...session.metadata, cookie: session.cookieOverrides() };
    const record = this.recordOf(session, metadata, sent);
    const payload = this.payloadOf(record, session.key);
    await this.createUnder(session.key, this.stored(payload, record));
    session.adopt(payload, record);
    session.isCommitted = true;
    this.emit({ type: 'created', handle: session.handle, userId: metadata.userId });
  }

  async createUnder(key: string, record: StoredRecord): Promise<void> {
    if (await this.store.create(key, record)) return;
    throw new SessionUnusableError(
      'A new session was given an id that is in use. Check the genid option: it must return a different, unguessable id each time.',
    );
  }

  /** Extends the idle timeout of an unchanged session; whoever wrote meanwhile has done as much. */
  async touch(session: RequestSession): Promise<void> {
    const { metadata, stored } = session; // reading the metadata shows whether it still is one
    if (stored === undefined) return;
    const { attributes } = session.base();
    const record = this.recordOf(session, metadata, attributes);
    const payload = this.payloadOf(record, session.key);
    const outcome = await this.store.replace(session.key, stored, this.stored(payload, record));
    if (outcome === 'gone') session.state = 'gone';
    if (outcome !== 'done') return;
    session.stored = payload;
    session.isTouched = true;
  }

  /**
   * Changes the session and stores it in one atomic step: when another request stored first,
   * `change` runs again on what that one stored.
   */
  async update<T>(session: RequestSession, change: () => T): Promise<T> {
    let { attributes: base } = session.base();
    let pending = changesBetween(base, session.attributes());
    let hasNewCookie = false;
    const changed = (attributes: SessionAttributes): T => {
      session.refill(applyChanges(attributes, pending));
      try {
        return refusePromise(change());
      } catch (error) {
        session.refill(applyChanges(attributes, pending));
        throw error;
      }
    };
    let result = changed(base);
    if (session.state === 'gone' || session.isUnchanged()) return result;
    if (session.stored === undefined) {
      if (this.isWorthCreating(session)) await this.create(session);
      return result;
    }
    await this.replace(session, (current, refused) => {
      if (refused !== undefined) {
        const meanwhile = changesBetween(
          this.attributesIn(refused, session.key),
          session.attributes(),
        );
        pending = new Map([...pending, ...meanwhile]);
        base = current.attributes;
        result = changed(base);
      }
      hasNewCookie ||= session.hasChangedCookie;
      const cookie = hasNewCookie ? session.cookieOverrides() : current.metadata.cookie;
      return this.recordOf(session, { ...current.metadata, cookie }, session.attributes());
    });
    if (session.isStored) session.hasNewCookie ||= hasNewCookie;
    return result;
  }

  /** A complete record of the session, seen now. */
  recordOf(
    session: RequestSession,
    metadata: SessionMetadata,
    attributes: SessionAttributes,
  ): SessionRecord {
    const { request } = session;
    const seen = {
      ...metadata,
      seenAt: Math.max(this.settings.clock(), metadata.seenAt),
      // Who an anonymous visitor is, is nobody's business.
      ...(metadata.userId !== undefined && {
        ip: request.ip,
        userAgent: request.userAgent?.slice(0, MAX_USER_AGENT),
      }),
    };
    const expires = new Date(expiryOf(seen, this.settings)).toISOString();
    return { metadata: seen, cookie: { ...session.cookieAttributes(), expires }, attributes };
  }

  /** What the store is to keep under this key. */
  payloadOf(record: SessionRecord, key: string): string {
    const text = serialiseRecord(record);
    return this.settings.codec?.seal(text, key) ?? text;
  }

  stored(payload: string, { metadata }: SessionRecord): StoredRecord {
    return { payload, expiresAt: expiryOf(metadata, this.settings) };
  }

  private attributesIn(payload: string, key: string): SessionAttributes {
    const text = this.settings.codec?.open(payload, key) ?? payload;
    return parseRecord(text, this.settings.clock()).attributes;
  }

  private async replace(
    session: RequestSession,
    next: NextRecord,
  ): Promise<SessionRecord | undefined> {
    let expected = session.stored ?? '';
    let current: SessionRecord = session.base();
    let refused: string | undefined;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const record = next(current, refused);
      const payload = this.payloadOf(record, session.key);
      const outcome = await this.store.replace(session.key, expected, this.stored(payload, record));
      if (outcome === 'done') {
        session.adopt(payload, record);
        session.isCommitted = true;
        return record;
      }
      const newer = outcome === 'gone' ? outcome : this.readPayload(outcome.conflict, session);
      if (outcome === 'gone' || typeof newer === 'string') {
        session.state = 'gone';
        return undefined;
      }
      [expected, current, refused] = [outcome.conflict, newer, payload];
      if (attempt >= FIRST_PAUSE) await pause(Math.random() * MAX_PAUSE);
    }
    throw new StoreUnavailableError(
      'write',
      new Error(`${MAX_ATTEMPTS} attempts each met a newer version of the session`),
    );
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

function refusePromise<T>(result: T): T {
  if (result instanceof Promise) {
    result.catch(() => undefined); // it is refused whatever comes of it
    throw new SessionUnusableError(
      'The function given to update() returned a promise. It may run more than once and must be synchronous: await first, then change the session in update().',
    );
  }
  return result;
}
