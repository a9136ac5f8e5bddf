import type { CookieOverrides } from '../../options/cookie/cookie-attributes.js';
import type { ReadRecord } from '../../stores/session-store.js';
import type { StoreUnavailableError } from '../errors.js';
import type { Absence } from '../record/absence.js';
import type { SessionRecord } from '../record/session-record.js';

/** Where the session of a request stands. Its record is known once it is resolved. */
export type SessionState =
  /** Nothing is stored of it. */
  | {
      readonly is: 'new';
      /** Why the request came without one. */
      readonly because: Absence;
      readonly record?: SessionRecord;
      /** Payloads that the store was given for it, and never said whether it kept them. */
      readonly unanswered: readonly string[];
    }
  /** Loaded, or written by this request. */
  | {
      readonly is: 'stored';
      readonly stored: ReadRecord;
      readonly record?: SessionRecord;
      /** What its cookie is to hold, where cookies carry records. */
      readonly token?: string;
    }
  /** Ended by this request, or by someone else while it ran; then its data stay in sight. */
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
      readonly record?: SessionRecord;
    };

/** What the browser holds: no token of ours, that of a session, or one that this request made void. */
export type ClientToken =
  | { readonly is: 'nothing' }
  /** Outdated: the session is due another cookie, for its token or for its attributes. */
  | { readonly is: 'token'; readonly id: string; readonly isOutdated: boolean }
  /** The attributes say where the browser keeps it, so that it can be cleared there. */
  | { readonly is: 'void'; readonly cookie: CookieOverrides };

/** What this request has stored of its session. */
export type Written = 'none' | 'touch' | 'commit';
