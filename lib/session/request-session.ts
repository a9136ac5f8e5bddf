import { STORE_TIMEOUTS_PER_REQUEST } from './storage/bounded-store.js';
import { unsendable } from '../options/cookie/cookie-rules.js';
import {
  attributesOf,
  cookieAttributesOf,
  createCookie,
  fill,
  LiveSession,
} from '../edges/session-object/session-object.js';
import type { SessionIdentity } from '../edges/session-object/session-object.js';
import { jsonOf, showable } from './attributes.js';
import type { SessionAttributes } from './attributes.js';
import { cookieOf, OwnCookie } from '../edges/session-object/own-cookie.js';
import type { AbsenceReason } from './record/absence.js';
import type { PayloadReader } from './record/payload-reader.js';
import { isSameCookie } from './token/session-cookie.js';
import type { CookieReading } from './token/session-cookie.js';
import type { StoreUnavailableError } from './errors.js';
import { handleOf } from './ids.js';
import { holdsJust, parseRecord, peekSeenAt } from './record/record-json.js';
import type { CookieAttributes, SessionMetadata, SessionRecord } from './record/session-record.js';
import { keepingLater } from './merge.js';
import type { SessionRequest } from './edge.js';
import type { SessionSettings } from '../options/session-settings.js';
import { SessionSnapshot } from './snapshot.js';
import type { SealedToken } from './token/sealed-token.js';
import { WaitBudget } from './storage/wait-budget.js';

/**
 * Where a request's session stands: `open`; `ended` by this request; `gone`, ended by another while
 * this one ran; `unavailable`, because the store could not be read.
 */
export type SessionState = 'open' | 'ended' | 'gone' | 'unavailable';

/** Where the application finds its session, and may take it away. */
export interface SessionPlace {
  /** Takes note of a session that was taken away, or of what was put in its place. */
  sync(): void;
}

const NONE: readonly string[] = [];

/**
 * The session of one request: what was loaded, what the application sees, and what the browser is
 * due. The engine moves it through its life; nothing is parsed or wrapped before someone looks.
 */
export class RequestSession {
  state: SessionState = 'open';
  /** The payload that this request read or wrote last; `undefined` while nothing is stored. */
  stored: string | undefined;
  /** Why there was no session, where there was none. */
  absence: AbsenceReason = 'anonymous';
  /** True while there is no session because what is stored could not be read here. */
  isUnreadable = false;
  /** What made the session `unavailable`. */
  failure: StoreUnavailableError | undefined;
  /** True once the store failed a call of this request, so that it may be worth trying again. */
  hasMetOutage = false;
  /** True while the browser does not know this session's id. */
  isNewToClient = true;
  /** True once this request ended the session that the browser came with. */
  endedClientsSession = false;
  /** True when it was ended by someone else before the browser heard of it, and is to hear of that. */
  isEndedAtBirth = false;
  isCommitted = false;
  isTouched = false;
  /** True when the application asks for a touch before it is due. */
  isTouchDemanded = false;
  hasNewCookie = false;
  /** True while the browser's cookie is an older one than this session is due. */
  isCookieOutdated = false;
  /** Payloads that the store was to keep for a new session, and never said whether it did. */
  unanswered: readonly string[] = NONE;
  /** A payload as a cookie can carry it, where cookies carry records. */
  sealed: SealedToken | undefined;

  /** Where the application finds it, once it is there. */
  place: SessionPlace | undefined;

  private identity: SessionIdentity | undefined;
  private readonly ownCookie: OwnCookie;
  private record: SessionRecord | undefined;
  private live: unknown;
  private viewed = false;
  private tail: Promise<unknown> | undefined;
  private ownBudget: WaitBudget | undefined;

  constructor(
    readonly request: SessionRequest,
    readonly cookieReading: CookieReading,
    private readonly settings: SessionSettings,
    private readonly readPayload: PayloadReader,
  ) {
    this.ownCookie = new OwnCookie(request, settings.name);
    const { verified } = cookieReading;
    if (verified === undefined) return;
    this.identity = { id: verified.id, handle: verified.handle };
    this.isNewToClient = false;
    this.isCookieOutdated = verified.staleSignature;
    this.stored = verified.payload;
  }

  get id(): string {
    return this.identified().id;
  }

  /** The same, once it is sure that what is stored under it is a session. */
  get provenId(): string {
    this.loaded();
    return this.id;
  }

  get handle(): string {
    const identity = this.identified();
    return (identity.handle ??= handleOf(identity.id));
  }

  get key(): string {
    return this.settings.hashIds ? this.handle : this.id;
  }

  /** How long this request may still wait for the store. */
  get budget(): WaitBudget {
    const { storeTimeout } = this.settings;
    return (this.ownBudget ??= new WaitBudget(STORE_TIMEOUTS_PER_REQUEST * storeTimeout));
  }

  /** True when a record was loaded or written, and nothing has ended it since. */
  get isStored(): boolean {
    return this.stored !== undefined && this.state === 'open';
  }

  /** True once the application has seen or replaced the session object. */
  get isViewed(): boolean {
    return this.viewed;
  }

  /** True when the application set the session to nothing: `req.session = null`. */
  get isUnset(): boolean {
    return this.viewed && !isObject(this.live);
  }

  /** True when the application put something into it, or into a session object of its own. */
  get holdsAnything(): boolean {
    if (!this.viewed) return false;
    return Object.values(this.attributes()).some((attribute) => attribute !== undefined);
  }

  /** True while operations on this session are under way. */
  get isBusy(): boolean {
    return this.tail !== undefined;
  }

  /** Runs the operations of this request on its session one after the other. */
  inOrder<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.tail === undefined ? operation() : this.tail.then(operation, operation);
    this.tail = result;
    const over = (): void => {
      if (this.tail === result) this.tail = undefined;
    };
    result.then(over, over);
    return result;
  }

  /** The session as the application sees it; made when it is first looked at. */
  view(): unknown {
    if (this.state === 'ended') return undefined;
    if (!this.viewed) this.show(this.loaded().attributes);
    return this.live;
  }

  /** What the application put in place of its session. */
  assign(value: unknown): void {
    this.loaded(); // shows whether it takes the place of a session
    this.live = value;
    this.viewed = true;
  }

  /** Puts a new session object before the application. */
  show(attributes: SessionAttributes): unknown {
    const cookie = createCookie(this.configuredCookie(this.metadata.cookie));
    this.assign(new LiveSession(this.identified(), this.request.native, cookie, attributes));
    return this.live;
  }

  /** Makes the session object hold these attributes, where there is one. */
  refill(attributes: SessionAttributes): void {
    if (isObject(this.live)) fill(this.live, attributes);
  }

  /** The attributes as they stand now. */
  attributes(): SessionAttributes {
    if (!this.viewed) return showable(this.loaded().attributes);
    return isObject(this.live) ? attributesOf(this.live) : {};
  }

  /**
   * The record that was loaded or last written. Its attributes are those that the application has
   * in its hands, and may have changed within.
   */
  loaded(): SessionRecord {
    if (this.record === undefined && this.stored !== undefined) {
      const record = this.readPayload(this.stored, this);
      if (typeof record === 'object') this.record = record;
      else {
        this.beginAnew(record);
        this.isUnreadable = record === 'anonymous';
      }
    }
    return (this.record ??= emptyRecord(this.settings.clock()));
  }

  /** The same, in a fresh copy: whatever was changed since. */
  base(): SessionRecord {
    const empty = this.loaded(); // shows whether what is stored still is a session
    return this.stored === undefined ? empty : parseRecord(this.text(), this.settings.clock());
  }

  get metadata(): SessionMetadata {
    return this.loaded().metadata;
  }

  /** Who is signed in; `undefined` when nobody is, or the session is no longer there. */
  get userId(): string | undefined {
    return this.state === 'open' ? this.metadata.userId : undefined;
  }

  /** True when it is known that somebody is signed in whom the index of users does not know. */
  get isUnindexed(): boolean {
    const { userId, indexedAt } = this.record?.metadata ?? {};
    return userId !== undefined && indexedAt === undefined;
  }

  /** True when the user proved who they are within so many milliseconds. */
  isFresh(within: number): boolean {
    const { authenticatedAt } = this.metadata;
    if (this.userId === undefined || authenticatedAt === undefined) return false;
    return this.settings.clock() - authenticatedAt <= within;
  }

  /** By what it stays known, whatever ids it gets: the key that it had when its user signed in. */
  get lineage(): string {
    return this.metadata.lineage ?? this.key;
  }

  /** When the session was last seen; the record is parsed only where that cannot be helped. */
  seenAt(): number {
    return peekSeenAt(this.stored ?? '') ?? this.metadata.seenAt;
  }

  /**
   * What the session holds now, for a record to be made of.
   * @throws UnserialisableAttributeError naming the attribute that cannot be stored
   */
  snapshot(): SessionSnapshot {
    return SessionSnapshot.of(this.attributes(), this.cookieAttributes());
  }

  /** The same; `undefined` when the session object says just what is stored. */
  changedSnapshot(): SessionSnapshot | undefined {
    if (this.stored === undefined || this.hasChangedCookie) return this.snapshot();
    const attributes = this.attributes();
    const json = jsonOf(attributes);
    if (json === undefined) return this.snapshot(); // which names what JSON cannot carry
    if (holdsJust(this.text(), json)) return undefined;
    return SessionSnapshot.of(attributes, this.cookieAttributes(), json);
  }

  /** The record that was loaded or last written, for another to be made of it. */
  storedSnapshot(): SessionSnapshot {
    return SessionSnapshot.ofStored(this.base().attributes, this.cookieAttributes());
  }

  /** Takes the attributes of a newer record, but for what the application changed since a moment. */
  follow(newer: SessionAttributes, before: SessionAttributes): void {
    this.refill(keepingLater(newer, before, this.attributes()));
  }

  /**
   * Takes over a record that has just been written or read, under the id it belongs to.
   * @param cookie the attributes that the session's cookie had when the record was made
   */
  adopt(payload: string, record: SessionRecord, cookie: CookieAttributes, id = this.id): void {
    if (id !== this.id) {
      Object.assign(this.identified(), { id, handle: undefined });
      this.isNewToClient = true;
      this.sealed = undefined; // with the former id, even where the rest is the same
    }
    this.state = 'open';
    this.stored = payload;
    this.record = record;
    if (!isObject(this.live) || !isSameCookie(this.cookieAttributes(), cookie)) return;
    this.ownCookie.renew(this.live, record.metadata.cookie);
  }

  /** Has its cookie carry what it holds now. */
  carry(token: SealedToken): void {
    this.sealed = token;
    this.isCookieOutdated = true;
  }

  /** Takes over what another request stored, for a session object that is made to follow it. */
  rebase(payload: string, record: SessionRecord): void {
    this.stored = payload;
    this.record = record;
  }

  /** The session has been ended by this request. */
  finish(): void {
    const { cookie } = this.metadata; // says where the browser keeps the cookie that is to be cleared
    const record = emptyRecord(this.settings.clock());
    this.state = 'ended';
    this.isEndedAtBirth = false;
    this.stored = undefined;
    this.record = { ...record, metadata: { ...record.metadata, cookie } };
    if (this.cookieReading.present) this.endedClientsSession = true;
  }

  /** Someone else ended the session. A browser that has not heard of it yet learns so by its cookie. */
  lose(): void {
    this.state = 'gone';
    this.isEndedAtBirth = this.isCommitted && this.isNewToClient;
  }

  /** Begins an empty session under a fresh id, of which nothing is stored. */
  beginAnew(absence: AbsenceReason = 'anonymous'): void {
    this.state = 'open';
    this.absence = absence;
    this.isUnreadable = false;
    this.stored = undefined;
    this.record = undefined;
    this.identity = undefined;
    this.isNewToClient = true;
    this.live = undefined;
    this.viewed = false;
  }

  /** True when the application changed the cookie of this session since it was loaded. */
  get hasChangedCookie(): boolean {
    const cookie = cookieOf(this.live);
    return cookie !== undefined && this.ownCookie.isChanged(cookie, this.metadata.cookie);
  }

  /**
   * The cookie attributes that are this session's own, beside the configured ones.
   * @throws UnserialisableAttributeError naming the one that no cookie can carry
   */
  cookieOverrides(): Partial<CookieAttributes> | undefined {
    const cookie = this.hasChangedCookie ? cookieOf(this.live) : undefined;
    return cookie === undefined ? this.metadata.cookie : this.ownCookie.overridesOf(cookie);
  }

  /** The attributes that the session's cookie has now. */
  cookieAttributes(): CookieAttributes {
    const cookie = cookieOf(this.live);
    return cookie === undefined
      ? this.configuredCookie(this.metadata.cookie)
      : cookieAttributesOf(cookie);
  }

  /** The configured attributes of the session's cookie, with those that are its own. */
  configuredCookie(own: Partial<CookieAttributes> | undefined): CookieAttributes {
    return this.ownCookie.configured(own);
  }

  /** The attributes by which its cookie can travel: those it has now, or else those it was stored with. */
  sendableCookie(): CookieAttributes {
    const attributes = this.cookieAttributes();
    const canTravel = unsendable(attributes, this.settings.name) === undefined;
    return canTravel ? attributes : this.configuredCookie(this.metadata.cookie);
  }

  private text(): string {
    const { stored = '', settings } = this;
    return settings.codec === undefined ? stored : settings.codec.open(stored, this.key);
  }

  private identified(): SessionIdentity {
    return (this.identity ??= { id: this.settings.generateId(this.request.native) });
  }
}

function emptyRecord(now: number): SessionRecord {
  return {
    metadata: { seenAt: now, createdAt: now, cookie: undefined },
    cookie: { originalMaxAge: null },
    attributes: {},
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
