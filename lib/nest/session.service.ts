import { Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { isMistake, toHttpException } from '../edges/exceptions/http-exception-of.js';
import { isSession } from '../edges/session-object/session-object.js';
import type { Session } from '../edges/session-object/session-object.js';
import { toMilliseconds } from '../options/duration.js';
import type { SessionUser } from '../options/session-user.js';
import { asError } from '../reporting/thrown.js';
import { changesThatSet, NO_CHANGES } from '../session/data/merge.js';
import { sessionEnded, SessionUnusableError } from '../session/errors.js';
import type { SessionEvent } from '../session/events.js';
import { confirmation, regenerate, signIn } from '../session/rotation/rotation-kinds.js';
import { SessionManager } from '../session/session-manager.js';
import type { RequestSession } from '../session/state/request-session.js';
import type { SessionSummary } from '../session/users/session-summary.js';
import { currentSession } from './current-session.js';
import { SessionLogger } from './logging/session.logger.js';
import { SessionContext } from './session-context.js';
import {
  requireChange,
  requireData,
  requireFlag,
  requireKeep,
  requireOptions,
  requireUserId,
} from './session.service.arguments.js';
import type {
  LoginOptions,
  RegenerateOptions,
  RevokeAllOptions,
} from './session.service.options.js';

/**
 * Everything an application does with sessions. A singleton: it acts on the session of the request whose code
 * calls it.
 *
 * Members that act on the session of the request throw SessionUnavailableException (500) if there is none.
 * Methods that return a promise reject with SessionStoreUnavailableException (503) if the store fails.
 * Methods that store the session reject with SessionTooLargeException (500) if a sealed cookie cannot hold
 * it, and with an Error that names the attribute if JSON cannot carry one; in either case, nothing is
 * written.
 */
@Injectable()
export class SessionService {
  /** Emits what happens to sessions, as it happens. No event contains a session id. */
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
    const session = this.requestSession('SessionService.current was read').object();
    if (isSession(session)) return session;
    throw this.exceptionOf(sessionEnded());
  }

  /**
   * The id of the user whom {@link login} signed in, or whose session {@link adopt} entered; `undefined` if
   * there is none.
   */
  get userId(): string | undefined {
    return this.requestSession('SessionService.userId was read').userId;
  }

  /**
   * The user of {@link userId}, as the `loadUser` option returns them; it is called once a request, at the
   * first use. `undefined` if nobody is signed in. After another user's {@link login} in the same request, it
   * is that user.
   * @throws NotAuthenticatedException (401) with the reason `'user-gone'` if the user no longer exists; this
   * ends the session
   * @throws SessionUnavailableException if there is no `loadUser` option
   * @throws what `loadUser` throws; the session stays as it was, and the next use calls `loadUser` again
   */
  get user(): Promise<SessionUser | undefined> {
    const session = this.requestSession('SessionService.user was read');
    return this.orHttpException(this.manager.requestUsers.of(session));
  }

  /**
   * Signs a user in. The session gets a new id, and the old one no longer lets anyone in (ASVS 5.0, 7.2.4);
   * the session object stays the same one. Both timeouts start again. When the promise resolves, the session
   * is stored. A second sign-in of the same user, as by a double click, joins the first. If the promise
   * rejects, nobody was signed in. If the store failed half-way, the same call within `rotationGrace`
   * completes it; without a grace, the existing session may have ended.
   * @param userId a string that is not empty
   * @throws TypeError if the user id is anything else, or an option is unknown, or `keep` is neither a list of
   * names nor `'all'` nor `'none'`
   * @throws RangeError if `remember` does not parse or is too long, or a `limit.max` function returns no count
   * @throws CrossOriginException (403) if a page of another origin sent the request, and its method is not
   * safe: see the `crossOrigin` option
   * @throws SessionRotatedException (409) if another request has just given the session a new id, and this
   * one is not a second sign-in that joins the first
   * @throws SessionLimitException (409) if the user has as many sessions as `limit` allows, and `onExceed` is
   * `'reject'`
   * @throws SessionTooLargeException or Error if the session cannot be stored as it is
   */
  async login(userId: string, options: LoginOptions = {}): Promise<void> {
    requireUserId('login()', userId);
    requireOptions('login()', options, ['keep', 'remember', 'data']);
    requireKeep('login()', options.keep);
    requireData('login()', options.data);
    const lifetime = options.remember === undefined ? undefined : toMilliseconds(options.remember);
    const session = this.requestSession('SessionService.login() was called');
    const data = options.data === undefined ? NO_CHANGES : changesThatSet(options.data);
    await this.orHttpException(
      this.manager.signIn(session, signIn(userId, options.keep, lifetime, data)),
    );
  }

  /**
   * Assigns a session to its user, whom something else signed in, such as Passport before the application
   * came to Sesame: from then on, `userId`, `list()`, `revoke()`, `revokeAll()` and `limit` know it. It keeps
   * its id and its timeouts, and is not fresh for `@RequireFresh()` before {@link confirm}. Call it with
   * every request, before anything asks who is signed in: if the session is already the user's, it costs
   * nothing. To sign somebody in, call {@link login}.
   * @param userId a string that is not empty
   * @returns `false`, having done nothing, if nothing of the session is stored, or it was ended meanwhile
   * @throws TypeError if the user id is anything else
   * @throws RangeError if a `limit.max` function returns no count
   * @throws NotAuthenticatedException (401) if `revokeAll()` has ended the user's sessions since this one
   * began: then it has ended, too
   * @throws SessionLimitException (409) if the user has as many sessions as `limit` allows, and `onExceed` is
   * `'reject'`
   * @throws SessionRotatedException (409) if another request has just given the session a new id
   * @throws SessionUnavailableException if another user is signed in, or this request has ended the session
   */
  async adopt(userId: string): Promise<boolean> {
    requireUserId('adopt()', userId);
    const session = this.requestSession('SessionService.adopt() was called');
    return this.orHttpException(this.manager.adopt(session, userId));
  }

  /**
   * Signs the user out: the same as {@link destroy}.
   * @throws SessionRotatedException (409), ending nothing, if a sign-in has turned it into another session
   */
  async logout(): Promise<void> {
    await this.destroy();
  }

  /**
   * Ends the session, and makes the browser forget its cookie.
   * @throws SessionRotatedException (409), ending nothing, if a sign-in has turned it into another session
   */
  async destroy(): Promise<void> {
    const session = this.requestSession('SessionService.destroy() was called');
    await this.orHttpException(this.manager.end(session));
  }

  /**
   * Gives the session a new id. The old one stops working at once, or with `keep: 'all'` when `rotationGrace`
   * is over. The session object stays the same one. When the promise resolves, the session is stored.
   * @throws SessionRotatedException (409) if another request has just given it a new id
   * @throws TypeError if an option is unknown, or `keep` is neither a list of names nor `'all'` nor `'none'`
   * @throws SessionTooLargeException or Error if the session cannot be stored as it is
   */
  async regenerate(options: RegenerateOptions = {}): Promise<void> {
    requireOptions('regenerate()', options, ['keep']);
    requireKeep('regenerate()', options.keep);
    const session = this.requestSession('SessionService.regenerate() was called');
    await this.orHttpException(this.manager.rotate(session, regenerate(options.keep ?? 'none')));
  }

  /**
   * Records that the user has proved again who they are: the session gets a new id, and counts as freshly
   * signed in (ASVS 5.0, 7.2.4 and 7.5.1). Works for users who signed in by {@link login}. If another request
   * has just confirmed as well, both have the same new id. A request with the former id goes on with the
   * session until `rotationGrace` is over.
   * @throws SessionRotatedException (409) if a sign-in has turned it into another session
   * @throws SessionUnavailableException if nobody is signed in
   * @throws SessionTooLargeException or Error if the session cannot be stored as it is
   */
  async confirm(): Promise<void> {
    const session = this.requestSession('SessionService.confirm() was called');
    await this.orHttpException(this.manager.rotate(session, confirmation));
  }

  /**
   * Stores the session now. Rarely needed: every response waits until its session is stored. If another
   * request has ended the session meanwhile, it stays ended and nothing is stored.
   * @throws SessionUnavailableException if this request has ended the session
   * @throws SessionRotatedException (409) if a sign-in has turned it into another session
   * @throws SessionTooLargeException or Error if the session cannot be stored as it is
   */
  async save(): Promise<void> {
    await this.orHttpException(
      this.manager.save(this.requestSession('SessionService.save() was called')),
    );
  }

  /**
   * Reads the session again, and discards what this request changed since it was last stored.
   * @throws SessionUnavailableException if nothing of the session is stored, or it was ended
   * @throws SessionRotatedException (409) if a sign-in has turned it into another session
   */
  async reload(): Promise<void> {
    const session = this.requestSession('SessionService.reload() was called');
    if (await this.orHttpException(this.manager.reload(session))) return;
    throw this.exceptionOf(
      new SessionUnusableError(
        'The session cannot be reloaded: it is not stored, or has been ended in the meantime. Store it first with save(), or treat its user as signed out.',
      ),
    );
  }

  /** Extends the session's idle timeout with this response, even if `touchInterval` has not passed. */
  touch(): void {
    this.requestSession('SessionService.touch() was called').idleExtension = 'now';
  }

  /**
   * Leaves the session's idle timeout and its cookie as they are, whatever this request stores: `@NoTouch()`
   * for a middleware.
   */
  noTouch(): void {
    this.requestSession('SessionService.noTouch() was called').idleExtension = 'never';
  }

  /**
   * Returns the session of the running request as {@link list} shows it, without reading anything else. It
   * says when the session ends after this response, which may extend it. `undefined` if nobody is signed in.
   */
  summary(): SessionSummary | undefined {
    return this.manager.summaryOf(this.requestSession('SessionService.summary() was called'));
  }

  /**
   * Changes the session and stores it in one atomic step. If another request stored it first, `change` runs
   * again on what that request stored, so that a counter counts every request. If another request has ended
   * the session, it stays ended and nothing is stored. If the promise rejects, the session object is as it was
   * before `change` ran.
   * @param change a synchronous function without effects other than on the session
   * @returns what `change` returned the last time it ran
   * @throws what `change` throws
   * @throws TypeError if `change` is no function
   * @throws SessionUnavailableException if `change` returns a promise, or this request has ended the session
   * @throws SessionRotatedException (409) if a sign-in has turned it into another session
   * @throws SessionTooLargeException or Error if the session cannot be stored as it is
   */
  async update<T>(change: (session: Session) => T): Promise<T> {
    requireChange(change);
    const session = this.requestSession('SessionService.update() was called');
    return this.orHttpException(this.manager.update(session, () => change(this.current)));
  }

  /**
   * Returns the sessions of a user, the most recently used first (ASVS 5.0, 7.5.2). Works outside a request
   * too. The result contains no ids. A Redis that evicts keys may have dropped some sessions from the index;
   * they are missing here, and end when they are next touched.
   * @throws TypeError if the user id is not a string, or is empty
   * @throws UnsupportedBySessionStoreException (501) if the store keeps no index of users
   */
  async list(userId: string): Promise<SessionSummary[]> {
    requireUserId('list()', userId);
    const { current } = this.context;
    const isStored = current?.resolve().state.is === 'stored';
    const lineage = isStored ? current.lineage() : undefined;
    return this.orHttpException(this.manager.users.list(userId, lineage, current?.budget));
  }

  /**
   * Ends one session of a user; its browser gets 401 with the reason `'revoked'`. Works outside a request
   * too.
   * @param handle from {@link list}
   * @returns `false`, having done nothing, if the user has no such session
   * @throws TypeError if the user id is not a string, or is empty
   * @throws UnsupportedBySessionStoreException (501) if the store keeps no index of users
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
   * Ends all sessions of a user, such as after a change of password or when an account ends (ASVS 5.0, 7.4.2
   * and 7.4.3). That includes sessions that get a new id meanwhile, and those whose user signed in before the
   * store had an index; the latter end with their next request, and are not counted. Works outside a request
   * too. On a Redis that may evict keys, it reads all sessions in the store, since any of them may be the
   * user's and missing from the index.
   * @returns how many were ended
   * @throws TypeError if the user id is not a string, or is empty, or an option is unknown or of another type
   * @throws NotAuthenticatedException (401), ending nothing, if the current session was to be spared and has
   * been ended meanwhile
   * @throws SessionRotatedException (409), ending nothing, if the current session was to be spared and a
   * sign-in has turned it into another one
   * @throws UnsupportedBySessionStoreException (501) if the store keeps no index of users
   */
  async revokeAll(userId: string, options: RevokeAllOptions = {}): Promise<number> {
    requireUserId('revokeAll()', userId);
    requireOptions('revokeAll()', options, ['exceptCurrent']);
    requireFlag('revokeAll()', 'exceptCurrent', options.exceptCurrent);
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
    const toSpare = spared && (await this.manager.endings.toSpare(spared, userId));
    return users.revokeAll(userId, toSpare, this.context.current?.budget);
  }

  private requestSession(asked: string): RequestSession {
    const session = currentSession(this.context.current, asked);
    session.binding?.sync();
    return session;
  }

  private async orHttpException<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw this.exceptionOf(error);
    }
  }

  /** Returns the exception for an error, and logs a mistake in the application. */
  private exceptionOf(thrown: unknown): Error {
    const error = asError(thrown);
    if (isMistake(error)) this.observer.error('A method of SessionService failed.', error);
    return toHttpException(error);
  }
}
