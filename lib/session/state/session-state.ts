import type { CookieOverrides } from '../../options/cookie/cookie-attributes.js';
import type { SessionUser } from '../../options/session-user.js';
import type { ReadRecord } from '../../stores/session-store.js';
import type { StoreUnavailableError } from '../errors.js';
import type { Absence } from '../record/absence.js';
import type { SessionRecord } from '../record/session-record.js';

/** The state of a request's session. Its record is known once it is resolved. */
export type SessionState =
  /** Nothing of it is stored. */
  | {
      readonly is: 'new';
      /** Why the request came without a session. */
      readonly because: Absence;
      /** What it came by, if there is a mark that led to a session that is over. */
      readonly former: FormerSession | undefined;
      readonly record: SessionRecord | undefined;
      /** Payloads that were sent to the store for it, without an answer whether they were stored. */
      readonly unanswered: readonly string[];
    }
  | StoredState
  /**
   * A sign-in has turned it into another session, which this request has no part in. The request still sees
   * what it had loaded before; nothing, if it came after that.
   */
  | {
      readonly is: 'rotated';
      readonly record: SessionRecord | undefined;
      readonly stored: ReadRecord | undefined;
      readonly former: FormerSession;
      /** Where that other session is. */
      readonly successor: string;
    }
  /** Ended by this request; or by someone else while it ran, and then the application still sees its data. */
  | { readonly is: 'ended'; readonly by: 'itself'; readonly record: SessionRecord }
  | {
      readonly is: 'ended';
      readonly by: 'others';
      readonly record: SessionRecord;
      readonly stored: ReadRecord;
      readonly late?: LateArrival | undefined;
    }
  /** The store could not be read. */
  | {
      readonly is: 'unavailable';
      readonly failure: StoreUnavailableError;
      readonly record: SessionRecord | undefined;
    };

/**
 * Loaded, or written by this request. A class: see "Literals that outlive their request" in
 * benchmarks/NOTES.md.
 */
export class StoredState {
  readonly is = 'stored';

  /**
   * @param token the token for its cookie, where cookies carry records
   * @param late where a request found it that came late, or came to know that it has a new id
   */
  constructor(
    readonly stored: ReadRecord,
    readonly record: SessionRecord | undefined,
    readonly late: LateArrival | undefined,
    readonly token?: string,
  ) {}
}

/**
 * A request that has only a former id of its session, which is the same session with the same user: it
 * goes on with it, but is never fresh and gets no cookie.
 */
export interface LateArrival {
  /** The key that the session has now. */
  readonly key: string;
  /** Until when the request may go on, in epoch milliseconds. */
  readonly until: number;
}

/** Where a request that has met a mark goes on. */
export interface Crossed {
  readonly stored: ReadRecord;
  readonly record: SessionRecord;
  /** Unset if the session has its former id again. */
  readonly late: LateArrival | undefined;
}

/** The id that a session had, and the key of the mark that stands there. */
export interface FormerSession {
  readonly id: string;
  readonly key: string;
}

/** The user whom a request has asked the application for. */
export interface AskedUser {
  readonly userId: string;
  /** `undefined` if somebody else had signed in by the time the user was found to be gone. */
  readonly user: Promise<SessionUser | undefined>;
}

/** What the browser holds: no token, the token of a session, or one that this request made void. */
export type ClientToken =
  | { readonly is: 'nothing' }
  | HeldToken
  /** The attributes say where the browser keeps it, so that it can be cleared there. */
  | { readonly is: 'void'; readonly cookie: CookieOverrides };

/** A class: see "Literals that outlive their request" in benchmarks/NOTES.md. */
export class HeldToken {
  readonly is = 'token';

  /** @param isOutdated true if the browser must get another cookie, with another token or other attributes */
  constructor(
    readonly id: string,
    readonly isOutdated: boolean,
  ) {}
}

/**
 * What a request means for the idle timeout of its session: extended once that is due, extended now, or
 * left as it is, whatever the request stores.
 */
export type IdleExtension = 'when-due' | 'now' | 'never';

/** What this request has stored of its session. */
export type Written = 'none' | 'touch' | 'commit';
