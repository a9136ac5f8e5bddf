import { brand } from '../copies/brand.js';
import { parseOrigin } from '../options/cross-origin/web-origin.js';
import { printable } from '../reporting/printable.js';
import type { RequestOrigin } from './origin/request-origin.js';
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
    const goOn =
      operation === 'read'
        ? "; with onStoreFailure: 'anonymous' requests go on without a session"
        : '';
    super(
      `The session store could not ${operation} the session. Check that it is reachable and writable: the cause says what it answered. storeTimeout bounds the wait${goOn}.`,
      { cause },
    );
  }
}

/** True if the store answered, and refused: then nothing will come of the call later. */
export function isRejection(error: unknown): boolean {
  return error instanceof StoreUnavailableError && error.isRejection;
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
    `${storeName} does not support ${operation}(): it keeps no index of users. MemorySessionStore, RedisSessionStore and SqlSessionStore do.`,
  );
}

/** For a session other than the request's own, where cookies carry the records. */
export function needsRecords(storeName: string): UnsupportedByStoreError {
  return new UnsupportedByStoreError(
    `${storeName} cannot end a session by its id: the server keeps nothing of it. Any store that keeps sessions on the server can.`,
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
      'The session of this request has been ended in the meantime, so it can be neither spared nor adopted. Nothing was done: have the user sign in again.',
    );
  }
}

/** The application no longer has a user for the session of this request, which is ended. */
export class UserGoneError extends SessionError {
  constructor() {
    super(
      'loadUser returned no user for the session of this request, so the session has been ended. Have somebody sign in.',
    );
  }
}

/** For `adopt()`, where somebody else is signed in. */
export function sessionOfAnother(): SessionUnusableError {
  return new SessionUnusableError(
    'adopt() was called for a user, but another one is signed in to this session. To sign in somebody else, call login(), which begins another session.',
  );
}

/** A sign-in has given the session of this request a new id, so it is no longer this request's. */
export class SessionRotatedError extends SessionError {
  constructor() {
    super(
      'A sign-in gave the session a new id while this request was under way, or before it came, so the request is no longer part of the session. It stored and ended nothing: send it again, with the cookie that the sign-in set.',
    );
  }
}

/** A page of another origin sent a request that may change something. */
export class CrossOriginError extends SessionError {
  /** Where the request came from, as far as the browser says. */
  readonly origin: string;

  /** @param how by what means the request would have acted */
  constructor(request: RequestOrigin, how: string) {
    const { method = 'request', isHandshake, origin, hosts, path } = request;
    const what = isHandshake ? "socket's handshake" : method;
    const from = origin ? printable(origin) : 'an origin that is not told';
    const [to = 'no host'] = hosts;
    const trust =
      origin === undefined || parseOrigin(origin) === undefined
        ? ''
        : ` If that is a page of yours, trust it in the session options: crossOrigin: { trustedOrigins: ['${from}'] }.`;
    super(
      `A ${what} came from ${from} to ${printable(to)}${printable(path)}, ${how}. A page of another origin may have sent it without its user's will.${trust} If any origin may send requests to this path, exclude it: crossOrigin: { exclude: ['${printable(path)}'] }.`,
    );
    this.origin = from;
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

/** A stored record that is not a session. */
export class CorruptRecordError extends SessionError {
  /** @param isFinal false if the record may be a session with another key or setting */
  constructor(
    why: string,
    readonly isFinal = true,
  ) {
    super(`The stored record is not a session: ${why}.`);
  }
}

/** An attribute of the session holds something that JSON cannot carry, or no cookie. */
export class UnserialisableAttributeError extends SessionError {
  /** @param instead what can be kept in its place */
  constructor(path: string, found: string, instead?: string, cause?: unknown) {
    const better = instead === undefined ? '' : ` Here, keep ${instead}.`;
    super(
      path.startsWith('cookie.')
        ? `session.${printable(path)} cannot be stored: it is ${found}. Give the cookie attributes that browsers accept under its name. Nothing was written.`
        : `session.${printable(path)} cannot be stored: it is ${found}. Keep plain data in a session: strings, finite numbers, booleans, null, arrays, plain objects, dates, or objects with toJSON().${better} Nothing was written.`,
      cause === undefined ? undefined : { cause },
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
  UserGoneError,
  SessionRotatedError,
  CrossOriginError,
  CorruptRecordError,
  IdInUseError,
};
for (const [name, type] of Object.entries(BRANDED)) brand(type, name);
