import { brand } from '../copies/brand.js';
import { printable } from '../reporting/printable.js';
import type { AbsenceReason } from './record/absence.js';
import type { SessionSummary } from './users/session-summary.js';

/** The errors of the lifecycle. The edges turn them into HTTP exceptions. */
export abstract class SessionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The store failed or did not answer in time. */
export class StoreUnavailableError extends SessionError {
  /** @param isRejection true when the store answered, and refused */
  constructor(
    operation: string,
    cause: unknown,
    readonly isRejection = false,
  ) {
    super(
      `The session store could not ${operation} the session. Check that it is reachable and writable: the cause says what it answered. storeTimeout bounds the wait; with onStoreFailure: 'anonymous' requests go on without a session.`,
      { cause },
    );
  }
}

/** The user has as many sessions as the `limit` option allows. */
export class SessionLimitError extends SessionError {
  constructor(
    max: number,
    readonly sessions: readonly SessionSummary[],
  ) {
    super(`This user has as many sessions as is allowed (${max}). End one first.`);
  }
}

/** The store lacks what this operation needs. */
export class UnsupportedByStoreError extends SessionError {}

/** @param operation a method of `SessionService` */
export function needsIndex(storeName: string, operation: string): UnsupportedByStoreError {
  return new UnsupportedByStoreError(
    `${storeName} does not support ${operation}(): it keeps no index of users. MemorySessionStore and RedisSessionStore do.`,
  );
}

/** For a session other than the request's own, where cookies carry the records. */
export function needsRecords(storeName: string): UnsupportedByStoreError {
  return new UnsupportedByStoreError(
    `${storeName} cannot end a session by its id: nothing of it is on the server. Any store that keeps sessions there can.`,
  );
}

/** The cookie that carries the session's record is larger than a browser accepts. */
export class SessionTooLargeError extends SessionError {
  /** @param sizes the attributes of the session, each with its size as JSON in bytes */
  constructor(bytes: number, max: number, sizes: readonly (readonly [string, number])[]) {
    const [largest] = sizes.toSorted(([, one], [, other]) => other - one);
    const culprit =
      largest === undefined
        ? ''
        : ` The largest attribute is session.${printable(largest[0])}, with ${largest[1]} bytes.`;
    super(
      `The session's cookie would have ${bytes} bytes with its name and attributes, and browsers accept ${max}.${culprit} Keep less in the session (an id instead of the object it names), or use a store that keeps sessions on the server. The browser keeps the session it had.`,
    );
  }
}

/** The session of this request cannot be used in this way; the message says why. */
export class SessionUnusableError extends SessionError {}

/** Someone else has ended the session of this request. */
export class SessionGoneError extends SessionError {
  constructor(readonly reason: AbsenceReason) {
    super(
      'The session of this request has been ended meanwhile, so it cannot be spared. Nothing was done: have the user sign in again.',
    );
  }
}

/** For the use of a session that its request has ended. */
export function sessionEnded(): SessionUnusableError {
  return new SessionUnusableError(
    "This request's session has been ended (logout, destroy, or req.session set to null). login() or regenerate() begins a new one.",
  );
}

/** @throws SessionUnusableError if there is no response that could bring the client a cookie */
export function requireCookie({ canSendCookie }: { readonly canSendCookie: boolean }): void {
  if (canSendCookie) return;
  throw new SessionUnusableError(
    'A request without a response of its own, such as an upgrade to a WebSocket, cannot send the cookie that this needs: no session can begin, end with its cookie or get a new id there. Do it in an ordinary HTTP request, before the socket is opened. A session that is stored already can be changed; save() stores it.',
  );
}

/** A stored record that is no session. */
export class CorruptRecordError extends SessionError {
  /** @param isFinal false if the record may be a session with another key or setting */
  constructor(
    why: string,
    readonly isFinal = true,
  ) {
    super(`The stored record is no session: ${why}.`);
  }
}

/** An attribute of the session holds something that JSON cannot carry. */
export class UnserialisableAttributeError extends SessionError {
  constructor(path: string, found: string) {
    super(
      `session.${printable(path)} cannot be stored: it is ${found}. Keep plain data in a session: strings, numbers, booleans, arrays, objects, or objects with toJSON(). Nothing was written.`,
    );
  }
}

/** An id that a custom `genid` returned twice. */
export class IdInUseError extends SessionUnusableError {
  constructor() {
    super(
      'A new session got an id that is already in use. Check the genid option: it must return a different, unguessable id each time.',
    );
  }
}

// By name, so that two copies of the library know each other's errors even if a bundler renames them.
const BRANDED = {
  StoreUnavailableError,
  SessionLimitError,
  UnsupportedByStoreError,
  SessionTooLargeError,
  SessionUnusableError,
  SessionGoneError,
  CorruptRecordError,
  IdInUseError,
};
for (const [name, type] of Object.entries(BRANDED)) brand(type, name);
