import { Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { SessionContext } from './session-context.js';
import { currentSession } from './current-session.js';
import { toMilliseconds } from '../options/duration.js';
import type { Duration } from '../options/duration.js';
import { isSession } from '../edges/session-object/session-object.js';
import type { Session } from '../edges/session-object/session-object.js';
import type { RequestSession } from '../session/state/request-session.js';
import { confirmation, regenerate, signIn } from '../session/rotation/rotation-kinds.js';
import { SessionManager } from '../session/session-manager.js';
import { sessionEnded, SessionUnusableError } from '../session/errors.js';
import type { SessionEvent } from '../session/events.js';
import type { Keep } from '../session/rotation/move.js';
import type { SessionSummary } from '../session/users/session-summary.js';
import { asError } from '../reporting/thrown.js';
import { isMistake, toHttpException } from '../edges/exceptions/http-exception-of.js';
import { SessionLogger } from './session.logger.js';
import { requireKeep, requireUserId } from './session.service.arguments.js';

/** Options of {@link SessionService.login}. */
export interface LoginOptions {
  /**
   * The attributes that the session takes along.
   * @default 'all' if the session was anonymous or this user's, 'none' if it was another user's
   */
  keep?: Keep;
  /**
   * Keeps this user signed in for so long, used or not, in a cookie that outlives the browser: both
   * timeouts of this sign-in, and the age of its cookie.
   * @default the configured timeouts and cookie
   */
  remember?: Duration;
}

/** Options of {@link SessionService.regenerate}. */
export interface RegenerateOptions {
  /**
   * The attributes that the session takes along; with `'all'`, who is signed in as well.
   * @default 'none'
   */
  keep?: Keep;
}

/** Options of {@link SessionService.revokeAll}. */
export interface RevokeAllOptions {
  /**
   * Spares the session of the running request: "sign out everywhere else". It is spared under whatever
   * id it has by then. There is none to spare outside a request, or where another user is signed in.
   * @default false
   */
  exceptCurrent?: boolean;
}

/**
 * What an application does with sessions. A singleton: it acts on the session of the request whose
 * code calls it.
 *
 * What acts on the session of the request throws SessionUnavailableException (500) where there is
 * none; every method that returns a promise rejects with SessionStoreUnavailableException (503) when
 * the store fails. What stores the session rejects with SessionTooLargeException (500) when a sealed
 * cookie cannot hold it, and with an Error that names the attribute when JSON cannot carry one; nothing
 * is written then.
 */
@Injectable()
export class SessionService {
  /** What happens to sessions, as it happens. No event holds a session id. */
  readonly events: Observable<SessionEvent>;

  constructor(
    private readonly context: SessionContext,
    private readonly manager: SessionManager,
    private readonly observer: SessionLogger,
  ) {
    this.events = observer.events;
  }

  /** The session of the running request. */
  get current(): Session {
    const session = this.requested('SessionService.current was read').object();
    if (isSession(session)) return session;
    throw this.refused(sessionEnded());
  }

  /** The id of the user who signed in by {@link login}; `undefined` when nobody is. */
  get userId(): string | undefined {
    return this.requested('SessionService.userId was read').userId;
  }

  /**
   * Signs a user in. The session gets a new id and the old one stops working (ASVS 5.0, 7.2.4); the
   * session object stays the same one. Both timeouts start anew. Stored when the promise resolves; when
   * it rejects, nobody is signed in by it and nothing is left of it. A store that fails half way may have
   * ended the session that was there.
   * @param userId a string that is not empty
   * @throws TypeError when the user id is anything else, or `keep` is neither a list of names nor
   * `'all'` nor `'none'`
   * @throws RangeError when `remember` does not parse, or a `limit.max` function gives no count
   * @throws SessionLimitException (409) when the user has as many sessions as `limit` allows, and
   * `onExceed` is `'reject'`
   * @throws SessionTooLargeException or Error when the session cannot be stored as it is
   */
  async login(userId: string, options: LoginOptions = {}): Promise<void> {
    requireUserId('login()', userId);
    requireKeep('login()', options.keep);
    const lifetime = options.remember === undefined ? undefined : toMilliseconds(options.remember);
    const session = this.requested('SessionService.login() was called');
    await this.orHttpException(
      this.manager.rotate(session, signIn(userId, options.keep, lifetime)),
    );
  }

  /** Signs the user out: ends the session, and has the browser forget its cookie. */
  async logout(): Promise<void> {
    await this.destroy();
  }

  /** Ends the session, and has the browser forget its cookie. */
  async destroy(): Promise<void> {
    const session = this.requested('SessionService.destroy() was called');
    await this.orHttpException(this.manager.end(session));
  }

  /**
   * Gives the session a new id; the old one stops working. The session object stays the same one.
   * Stored when the promise resolves; when it rejects, nothing is left of the new one.
   * @throws TypeError when `keep` is neither a list of names nor `'all'` nor `'none'`
   * @throws SessionTooLargeException or Error when the session cannot be stored as it is
   */
  async regenerate(options: RegenerateOptions = {}): Promise<void> {
    requireKeep('regenerate()', options.keep);
    const session = this.requested('SessionService.regenerate() was called');
    await this.orHttpException(this.manager.rotate(session, regenerate(options.keep ?? 'none')));
  }

  /**
   * The user has proved again who they are: the session gets a new id, and counts as freshly signed
   * in (ASVS 5.0, 7.2.4 and 7.5.1). It knows users who signed in by {@link login}. When it rejects,
   * nothing is left of the new one.
   * @throws SessionUnavailableException when nobody is signed in
   * @throws SessionTooLargeException or Error when the session cannot be stored as it is
   */
  async confirm(): Promise<void> {
    const session = this.requested('SessionService.confirm() was called');
    await this.orHttpException(this.manager.rotate(session, confirmation));
  }

  /**
   * Stores the session now. Seldom needed: every response waits until its session is stored. When
   * another request ended the session meanwhile, it stays ended and nothing is stored.
   * @throws SessionUnavailableException when this request has ended the session
   * @throws SessionTooLargeException or Error when the session cannot be stored as it is
   */
  async save(): Promise<void> {
    await this.orHttpException(
      this.manager.save(this.requested('SessionService.save() was called')),
    );
  }

  /**
   * Reads the session again, and forgets what this request changed since it was stored last.
   * @throws SessionUnavailableException when nothing is stored of the session, or it was ended
   */
  async reload(): Promise<void> {
    const session = this.requested('SessionService.reload() was called');
    if (await this.orHttpException(this.manager.reload(session))) return;
    throw this.refused(
      new SessionUnusableError(
        'The session cannot be reloaded: nothing is stored of it, or it was ended meanwhile. Store it first, by save(), or take its user for signed out.',
      ),
    );
  }

  /** Extends the session's idle timeout with this response, though `touchInterval` is not over. */
  touch(): void {
    this.requested('SessionService.touch() was called').isTouchDemanded = true;
  }

  /**
   * Changes the session and stores it in one atomic step: when another request stored first,
   * `change` runs again on what that one stored, so that a counter counts every request. When another
   * ended the session, it stays ended and nothing is stored.
   * @param change synchronous, and free of effects other than on the session
   * @returns what `change` returned the last time it ran
   * @throws what `change` throws; the session is then as it was before
   * @throws SessionUnavailableException when `change` returns a promise, or this request has ended the
   * session
   * @throws SessionTooLargeException or Error when the session cannot be stored as it is
   */
  async update<T>(change: (session: Session) => T): Promise<T> {
    const session = this.requested('SessionService.update() was called');
    return this.orHttpException(this.manager.update(session, () => change(this.current)));
  }

  /**
   * The sessions of a user, the most recently used first (ASVS 5.0, 7.5.2). Works outside a request
   * too. No id is in what it returns. A Redis that evicts keys may have dropped some of them, which can
   * be used until they are next touched, and end then.
   * @throws TypeError when the user id is not a string, or empty
   * @throws UnsupportedBySessionStoreException (501) when the store keeps no index of users
   */
  async list(userId: string): Promise<SessionSummary[]> {
    requireUserId('list()', userId);
    const { current } = this.context;
    const isStored = current?.resolve().state.is === 'stored';
    const lineage = isStored ? current.lineage() : undefined;
    return this.orHttpException(this.manager.users.list(userId, lineage, current?.budget));
  }

  /**
   * Ends one session of a user; its browser gets 401 with the reason `'revoked'`. Works outside a
   * request too.
   * @param handle from {@link list}
   * @returns `false`, and nothing happened, when the user has no such session
   * @throws TypeError when the user id is not a string, or empty
   * @throws UnsupportedBySessionStoreException (501) when the store keeps no index of users
   */
  async revoke(userId: string, handle: string): Promise<boolean> {
    requireUserId('revoke()', userId);
    const { current } = this.context;
    const isRevoked = await this.orHttpException(
      this.manager.users.revoke(userId, handle, current?.budget),
    );
    if (isRevoked && current?.state.is === 'stored' && current.handle === handle) current.lose();
    return isRevoked;
  }

  /**
   * Ends all sessions of a user, as after a change of password or the end of an account (ASVS 5.0,
   * 7.4.2 and 7.4.3), those included that get a new id meanwhile, and those of users who signed in before
   * the store had an index: these end with their next request, and are not counted. Works outside a
   * request too. Where a Redis may evict keys, it reads all the sessions that there are, since any of
   * them may be the user's and in no list.
   * @returns how many were ended
   * @throws TypeError when the user id is not a string, or empty
   * @throws NotAuthenticatedException (401) and ends nothing, when the current session was to be spared
   * and has been ended meanwhile
   * @throws UnsupportedBySessionStoreException (501) when the store keeps no index of users
   */
  async revokeAll(userId: string, options: RevokeAllOptions = {}): Promise<number> {
    requireUserId('revokeAll()', userId);
    const { current } = this.context;
    const spared = options.exceptCurrent === true ? current : undefined;
    const ended = await this.orHttpException(this.endAll(userId, spared));
    if (current?.state.is === 'stored' && ended.includes(current.key)) current.lose();
    return ended.length;
  }

  private async endAll(
    userId: string,
    spared: RequestSession | undefined,
  ): Promise<readonly string[]> {
    const { users } = this.manager;
    const lineage = spared && (await this.manager.endings.lineageToSpare(spared, userId));
    return users.revokeAll(userId, lineage, this.context.current?.budget);
  }

  private requested(what: string): RequestSession {
    const session = currentSession(this.context.current, what);
    session.binding?.sync();
    return session;
  }

  private async orHttpException<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw this.refused(error);
    }
  }

  /** What the application gets for an error; a mistake of its own is logged. */
  private refused(error: unknown): Error {
    const known = asError(error);
    if (isMistake(known)) this.observer.error('A method of SessionService failed.', known);
    return toHttpException(known);
  }
}
