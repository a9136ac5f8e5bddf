import type { CookieOverrides } from '../../options/cookie/cookie-attributes.js';
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
      readonly record: SessionRecord | undefined;
      /** Payloads that were sent to the store for it, without an answer whether they were stored. */
      readonly unanswered: readonly string[];
    }
  /** Loaded, or written by this request. */
  | {
      readonly is: 'stored';
      readonly stored: ReadRecord;
      readonly record: SessionRecord | undefined;
      /** The token for its cookie, where cookies carry records. */
      readonly token: string | undefined;
    }
  /** Ended by this request; or by someone else while it ran, and then the application still sees its data. */
  | { readonly is: 'ended'; readonly by: 'itself'; readonly record: SessionRecord }
  | {
      readonly is: 'ended';
      readonly by: 'others';
      readonly record: SessionRecord;
      readonly stored: ReadRecord;
    }
  /** The store could not be read. */
  | {
      readonly is: 'unavailable';
      readonly failure: StoreUnavailableError;
      readonly record: SessionRecord | undefined;
    };

/** What the browser holds: no token, the token of a session, or one that this request made void. */
export type ClientToken =
  | { readonly is: 'nothing' }
  /** Outdated: the browser must get another cookie, with another token or other attributes. */
  | { readonly is: 'token'; readonly id: string; readonly isOutdated: boolean }
  /** The attributes say where the browser keeps it, so that it can be cleared there. */
  | { readonly is: 'void'; readonly cookie: CookieOverrides };

/**
 * What a request means for the idle timeout of its session: extended once that is due, extended now, or
 * left as it is, whatever the request stores.
 */
export type IdleExtension = 'when-due' | 'now' | 'never';

/** What this request has stored of its session. */
export type Written = 'none' | 'touch' | 'commit';
