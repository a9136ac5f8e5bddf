import session from 'express-session';
import type { Request } from 'express';
import { asError } from '../../reporting/thrown.js';
import { SessionUnusableError } from '../../session/errors.js';
import type { SessionRecord } from '../../session/record/session-record.js';
import type { FoundRecord, SessionManager } from '../../session/session-manager.js';
import type { RequestSession } from '../../session/state/request-session.js';
import { isMistake, toHttpException } from '../exceptions/http-exception-of.js';
import { nextTick } from '../next-tick.js';
import { isSession } from '../session-object/session-object.js';
import { sessionOf } from '../session-of.js';

const NO_LONGER_LIVE =
  'This session object is no longer the session of its request: regenerate() or reload() put another one on req.session. Save that one.';
const NOT_OWN =
  "req.sessionStore stores the session of its own request only. To write another one, use the store that you gave to Sesame; to end a user's, SessionService.revoke().";
const MISTAKE = 'A method of a session cannot be used here.';

type Callback<T = void> = (error?: unknown, answer?: T) => void;

/**
 * `req.sessionStore` of a request: an express-session `Store`, through which the methods of its
 * session object (`save`, `reload`, `regenerate`, `destroy`) reach the lifecycle.
 */
export class RequestSessionStore extends session.Store {
  // `#`, so that whoever logs a request with its store does not log the secrets.
  readonly #manager: SessionManager;
  readonly #session: RequestSession;
  readonly #attach: () => void;
  /** What `get` found last: `reload()` passes it to `createSession`. */
  #found: { readonly data: session.SessionData; readonly record: FoundRecord } | undefined;

  /** @param attach puts the session on its request again, if the application deleted it */
  constructor(manager: SessionManager, session: RequestSession, attach: () => void) {
    super();
    this.#manager = manager;
    this.#session = session;
    this.#attach = attach;
  }

  override get(id: string, callback: Callback<session.SessionData | null>): void {
    this.answer(this.find(id), callback);
  }

  override set(id: string, data: session.SessionData, callback?: Callback): void {
    this.#session.binding?.sync();
    const isOwn = id === this.#session.id && data === this.#session.object();
    this.answer(
      isOwn ? this.#manager.save(this.#session) : Promise.reject(this.refusalOf(data)),
      callback,
    );
  }

  override touch(id: string, data: session.SessionData, callback?: Callback): void {
    this.set(id, data, callback);
  }

  override destroy(id: string, callback?: Callback): void {
    const isOwn = id === this.#session.id;
    const ended = isOwn
      ? this.#manager.end(this.#session)
      : this.#manager.endings.endById(id, this.#session);
    this.answer(
      ended.finally(() => this.#attach()),
      callback,
    );
  }

  override regenerate(_request: Request, callback: Callback): void {
    const replaced = this.#manager.replace(this.#session).finally(() => this.#attach());
    this.answer(replaced, callback);
  }

  override createSession(
    request: Request,
    data: session.SessionData,
  ): session.Session & session.SessionData {
    if (!this.isOwnRequest(request)) return super.createSession(request, data);
    this.#session.binding?.sync();
    if (this.#found?.data === data) this.#manager.applyReread(this.#session, this.#found.record);
    const { cookie: _cookie, ...attributes } = data;
    const live = this.#session.view.show(attributes);
    if (!isComplete(live)) throw new TypeError('The session has no cookie.');
    return live;
  }

  /** express-session's middleware gives its stores this method; some libraries call it. */
  generate(_request: Request): void {
    // There is a session already, whose cookie another response gives the client.
    const { state, late } = this.#session;
    if (state.is !== 'rotated' && late === undefined) this.#session.begin();
    this.#attach();
  }

  private refusalOf(data: session.SessionData): Error {
    const isOfThisRequest = isSession(data) && this.isOwnRequest(Reflect.get(data, 'req'));
    return new SessionUnusableError(isOfThisRequest ? NO_LONGER_LIVE : NOT_OWN);
  }

  private isOwnRequest(request: unknown): boolean {
    return sessionOf(request) === this.#session;
  }

  private async find(id: string): Promise<session.SessionData | null> {
    if (id !== this.#session.id) return asData(await this.#manager.readById(id));
    const found = await this.#manager.reread(this.#session);
    const data = asData(found?.record);
    if (found !== undefined && data !== null) this.#found = { data, record: found };
    return data;
  }

  private answer<T>(result: Promise<T>, callback: Callback<T> | undefined): void {
    result.then(
      // On the next tick, so that what the callback throws does not come back here.
      (answer) => nextTick(() => callback?.(null, answer)),
      (thrown: unknown) => {
        const error = asError(thrown);
        if (callback === undefined)
          this.#manager.observer.error('A session was not changed.', error);
        else {
          if (isMistake(error)) this.#manager.observer.error(MISTAKE, error);
          nextTick(() => callback(toHttpException(error)));
        }
      },
    );
  }
}

function isComplete(value: unknown): value is session.Session & session.SessionData {
  return isSession(value) && 'cookie' in value;
}

/** A record in express-session's form: the data with the cookie in it. */
function asData(record: SessionRecord | undefined): session.SessionData | null {
  if (record === undefined) return null;
  return JSON.parse(JSON.stringify({ ...record.attributes, cookie: record.cookie }));
}
