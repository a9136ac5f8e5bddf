import type { SessionSettings } from '../../options/session-settings.js';
import type { ReadRecord } from '../../stores/session-store.js';
import { serialiseAttributes } from '../data/attributes.js';
import type { SessionAttributes } from '../data/attributes.js';
import { keepingLater } from '../data/merge.js';
import { SessionSnapshot } from '../data/snapshot.js';
import { SessionIdentity } from '../edge.js';
import type { SessionBinding, SessionEdge } from '../edge.js';
import type { StoreUnavailableError } from '../errors.js';
import { handleOf, handleOfKey } from '../ids.js';
import type { Absence, AbsenceReason } from '../record/absence.js';
import type { OwnRecords } from '../record/own-records.js';
import { parseRecord } from '../record/record-json.js';
import { holdsJust, peekSeenAt } from '../record/record-text.js';
import { emptyRecord, lineageOf } from '../record/session-record.js';
import type { SessionRecord } from '../record/session-record.js';
import { WaitBudget } from '../storage/wait-budget.js';
import type { CookieReading } from '../token/cookie-reading.js';
import type {
  AskedUser,
  ClientToken,
  Crossed,
  FormerSession,
  IdleExtension,
  LateArrival,
  SessionState,
  Written,
} from './session-state.js';
import { HeldToken, StoredState } from './session-state.js';
import { SessionView } from './session-view.js';
import { thisTurn } from './turn.js';

const NOTHING: ClientToken = { is: 'nothing' };
const NONE: readonly string[] = [];

/**
 * The session of one request: where it stands, what the browser holds of it, and what was written.
 * Nothing is parsed before {@link resolve}, and nothing is wrapped before someone looks.
 */
export class RequestSession {
  /** What the application sees of it. */
  readonly view: SessionView;
  client: ClientToken = NOTHING;
  written: Written = 'none';
  idleExtension: IdleExtension = 'when-due';
  /** True once the headers of its response have left. */
  isCookieDecided = false;
  /** Where the application finds it, once it is there. */
  binding: SessionBinding | undefined;
  /** Its user, as the application has them, once somebody has asked. */
  askedUser: AskedUser | undefined;
  private current: SessionState;
  private known: SessionIdentity | undefined;
  private tail: Promise<unknown> | undefined;
  /** When its record was last read or written. */
  private seenIn: object | undefined;

  /** @param ownBudget how long the request may still wait, if it has waited already */
  constructor(
    readonly edge: SessionEdge,
    readonly cookie: CookieReading,
    readonly settings: SessionSettings,
    private readonly records: OwnRecords,
    private ownBudget?: WaitBudget,
  ) {
    this.view = new SessionView(this, edge, settings.name);
    this.current = NEW;
    const { verified } = cookie;
    if (verified === undefined) return;
    this.known = new SessionIdentity(verified.id, verified.hash);
    this.client = new HeldToken(verified.id, verified.isStale);
  }

  get state(): SessionState {
    return this.current;
  }

  get identity(): SessionIdentity {
    return (this.known ??= new SessionIdentity(this.edge.generateId()));
  }

  get id(): string {
    return this.identity.id;
  }

  /** The public name of the session, whatever ids it gets. */
  get handle(): string {
    return handleOfKey(this.lineage(), this.settings);
  }

  /** Where its record is. */
  get key(): string {
    return this.late?.key ?? this.ownKey;
  }

  /** The key that belongs to its id. */
  private get ownKey(): string {
    const { identity } = this;
    return this.settings.hashIds ? (identity.hash ??= handleOf(identity.id)) : identity.id;
  }

  /** How a request that came late found it; `undefined` for one that came by the session's own id. */
  get late(): LateArrival | undefined {
    return 'late' in this.current ? this.current.late : undefined;
  }

  /** True for a request that came late and has taken longer than it may. */
  get isTooLate(): boolean {
    return this.late !== undefined && this.late.until <= this.settings.clock();
  }

  /** The id by which the request came, or was under way, while the session has another one. */
  get former(): FormerSession | undefined {
    if ('former' in this.current) return this.current.former;
    return this.late && { id: this.id, key: this.ownKey };
  }

  /** How long this request may still wait for the store. */
  get budget(): WaitBudget {
    return (this.ownBudget ??= WaitBudget.of(this.settings));
  }

  /** Reads what is stored, once. If that is not a live session (any more), this becomes a new one. */
  resolve(): this {
    const { current } = this;
    if (current.record !== undefined) return this;
    if (current.is !== 'stored') {
      this.current = { ...current, record: emptyRecord(this.settings.clock()) };
      return this;
    }
    const { stored, token, late } = current;
    const read = this.records.read(stored, this.key);
    if (typeof read === 'object') this.current = new StoredState(stored, read, late, token);
    else {
      this.begin(read);
      this.resolve();
    }
    return this;
  }

  /** Returns the record that was loaded or last written, reading it now if it was not read yet. */
  record(): SessionRecord {
    return this.current.record ?? this.resolve().record();
  }

  /** Who is signed in; `undefined` when nobody is, or the session is over. */
  get userId(): string | undefined {
    const { is, record } = this.current;
    return is === 'ended' || is === 'rotated' ? undefined : record?.metadata.userId;
  }

  /** Why there was no session, if there was none. */
  get absence(): AbsenceReason {
    if (this.current.is === 'rotated') return 'rotated';
    if (this.current.is !== 'new' || this.current.because === 'unreadable') return 'anonymous';
    return this.current.because;
  }

  /** Returns what identifies it, whatever ids it gets. */
  lineage(): string {
    return lineageOf(this.record(), this.key);
  }

  /** True when it is known that somebody is signed in whom the index of users does not know. */
  get isUnindexed(): boolean {
    const { userId, indexedAt } = this.current.record?.metadata ?? {};
    return userId !== undefined && indexedAt === undefined;
  }

  /** True when the user proved who they are within this many milliseconds. */
  isFresh(within: number): boolean {
    const { authenticatedAt } = this.record().metadata;
    if (this.userId === undefined || authenticatedAt === undefined) return false;
    if (this.late !== undefined) return false;
    return this.settings.clock() - authenticatedAt <= within;
  }

  /** Returns when the session was last seen, parsing the record only if it has to. */
  seenAt({ payload }: ReadRecord): number {
    return peekSeenAt(payload) ?? this.record().metadata.seenAt;
  }

  /** Returns the session as the application sees it; `undefined` once this request has ended it. */
  object(): unknown {
    return this.resolve().isEndedHere ? undefined : this.view.object();
  }

  /** Notes what the application put in the place of its session. */
  put(object: unknown): void {
    this.resolve().view.put(object);
  }

  /**
   * Returns the attributes as they are stored, in a fresh copy: those of the record may have been changed.
   */
  storedAttributes(): SessionAttributes {
    const { current } = this;
    const stored = 'stored' in current ? current.stored : undefined;
    if (stored === undefined) return this.record().attributes;
    return parseRecord(this.text(stored), this.settings.clock()).attributes;
  }

  /**
   * Returns what the session holds; `undefined` when the session object says just what is stored.
   * @throws UnserialisableAttributeError naming the attribute that cannot be stored
   */
  changed(): SessionSnapshot | undefined {
    const { current, view } = this;
    const isCompared = current.is === 'stored' || current.is === 'rotated';
    if (!isCompared || view.hasChangedCookie()) return this.snapshot();
    const attributes = view.attributes();
    const json = serialiseAttributes(attributes);
    const isSame = current.stored ? holdsJust(this.text(current.stored), json) : json === '{}';
    if (isSame) return undefined;
    return SessionSnapshot.of(attributes, view.cookieAttributes(), json);
  }

  /**
   * Returns what the session holds now, to make a record of.
   * @throws UnserialisableAttributeError naming the attribute that cannot be stored
   */
  snapshot(): SessionSnapshot {
    return SessionSnapshot.of(this.view.attributes(), this.view.cookieAttributes());
  }

  /** Shows the attributes of a newer record, except for what the application has changed since `before`. */
  showNewer(newer: SessionAttributes, before: SessionAttributes): void {
    this.view.fill(keepingLater(newer, before, this.view.attributes()));
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

  /** @throws StoreUnavailableError while the store could not be read */
  requireAvailable(): undefined {
    if (this.current.is === 'unavailable') throw this.current.failure;
  }

  /** True once this request has ended it, and no other was begun. */
  get isEndedHere(): boolean {
    return this.current.is === 'ended' && this.current.by === 'itself';
  }

  /** True if its record was read or written just now, so that nobody can have moved or ended it since. */
  get isJustSeen(): boolean {
    return this.seenIn === thisTurn();
  }

  // What happens to it.

  /** Notes that it was looked at once more, and still has its id. */
  noteSeen(): void {
    this.seenIn = thisTurn();
  }

  /** Notes that its record was written, so that its cookie may have to be renewed. */
  noteWritten(): void {
    const isOutdated = this.client.is === 'token' && this.client.isOutdated;
    if (isOutdated || this.settings.rolling || this.view.isCookiePersistent) this.noteSeen();
  }

  /** Makes it the session that the browser's token stands for, as it was read. */
  load(stored: ReadRecord): void {
    this.current = new StoredState(stored, undefined, undefined);
  }

  /** Makes it an empty session under a fresh id, of which nothing is stored. */
  begin(because: Absence = 'anonymous', former?: FormerSession): void {
    this.current = because === 'anonymous' ? NEW : newBecause(because, former);
    this.known = undefined;
    this.written = 'none';
    this.view.forget();
  }

  /** Does the same where a mark under the id that the request came with led to a session that is over. */
  beginAnew(because: Absence): void {
    this.begin(because, { id: this.id, key: this.ownKey });
  }

  /** Notes that the store could not say what it is. */
  fail(failure: StoreUnavailableError): void {
    this.begin();
    this.current = { is: 'unavailable', failure, record: undefined };
  }

  /** Notes that a record of it was read or written. */
  become(stored: ReadRecord, record: SessionRecord): void {
    const { late } = this;
    this.current = new StoredState(stored, record, late);
    this.noteWritten();
  }

  /** Notes that it has a new id, which this request is not given. */
  goOn({ stored, record, late: to }: Crossed): void {
    const late = to === undefined ? this.late : { ...to, until: this.late?.until ?? to.until };
    const keepsCookie = this.view.hasChangedCookie();
    this.current = new StoredState(stored, record, late);
    if (!keepsCookie) this.view.restoreCookie();
  }

  /** Notes that a record of it was written, under the id that it has from now on. */
  rotate(stored: ReadRecord, record: SessionRecord, id: string): void {
    Object.assign(this.identity, { id, hash: undefined });
    this.current = new StoredState(stored, record, undefined);
  }

  /**
   * Notes that a sign-in turned it into another session while this request was under way, or before it came.
   */
  stayBehind(successor: string): void {
    const { current } = this;
    if (current.is === 'rotated') return;
    const former = { id: this.id, key: this.ownKey };
    if (current.is === 'stored' && current.record !== undefined) {
      const { stored, record } = current;
      this.current = { is: 'rotated', stored, record, former, successor };
      return;
    }
    this.begin();
    this.current = { is: 'rotated', stored: undefined, record: undefined, former, successor };
  }

  /** Notes that a store never said whether it kept this payload. */
  noteUnanswered(payload: string): void {
    if (this.current.is !== 'new') return;
    this.current = { ...this.current, unanswered: [...this.current.unanswered, payload] };
  }

  /** Notes that what was made of it since is nowhere: no cookie can hold it. */
  goBack(state: SessionState, written: Written): void {
    this.current = state;
    this.written = written;
  }

  /** Makes its cookie hold this token, and no other. */
  carry(token: string): void {
    if (this.current.is !== 'stored') return;
    const { stored, record, late } = this.current;
    this.current = new StoredState(stored, record, late, token);
    this.outdateCookie();
  }

  /** Notes that the browser's cookie is not the one that the session is due. */
  outdateCookie(): void {
    if (this.client.is === 'token') this.client = new HeldToken(this.client.id, true);
  }

  /** Notes that this response gives the browser the session's token. */
  issue(): void {
    this.client = new HeldToken(this.id, false);
  }

  /** Notes that this request ended it: what the browser holds is void. */
  end(): void {
    const { cookie } = this.record().metadata;
    this.current = { is: 'ended', by: 'itself', record: emptyRecord(this.settings.clock()) };
    // A session that was begun since is one that the browser has never heard of.
    if (this.cookie.present && this.client.is !== 'void') this.client = { is: 'void', cookie };
  }

  /** Notes that someone else ended it. */
  lose(): void {
    const { current } = this.resolve();
    if (current.is === 'stored') {
      const { stored, record = this.record(), late } = current;
      this.current = { is: 'ended', by: 'others', stored, record, late };
    }
    if (current.is === 'rotated') {
      const { stored, former, record = this.record() } = current;
      if (stored === undefined) this.begin('expired', former);
      else this.current = { is: 'ended', by: 'others', stored, record };
    }
  }

  private text({ payload }: ReadRecord): string {
    return this.records.format.textOf(payload, this.key);
  }
}

function newBecause(because: Absence, former?: FormerSession): SessionState {
  return { is: 'new', because, former, record: undefined, unanswered: NONE };
}

const NEW = newBecause('anonymous');
