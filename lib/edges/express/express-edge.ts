import type { IncomingMessage, ServerResponse } from 'node:http';
import { sessionOf } from '../session-of.js';
import { RequestSession } from '../../session/state/request-session.js';
import type { SessionManager } from '../../session/session-manager.js';
import { isWithinPath } from '../../options/cookie/cookie-path.js';
import type { CookieSettings } from '../../options/cookie/cookie-attributes.js';
import type { EdgeSettings } from '../../options/session-settings.js';
import { asError } from '../../reporting/thrown.js';
import { HttpRequest } from './http-request.js';
import { keepPropertiesFast } from './dictionary-mode.js';
import { RequestProperties } from './request-properties.js';
import { isSendable } from '../response/sendable-response.js';
import { refuse, SessionExchange } from './session-exchange.js';
import type { Next } from './session-exchange.js';
import { pathOf } from './whole-url.js';

/** Binds the lifecycle to Node's HTTP server, and to Express and Connect on top of it. */
export class ExpressEdge {
  constructor(
    private readonly manager: SessionManager,
    private readonly settings: EdgeSettings,
    /** Runs the rest of the request, in the context of its session. */
    private readonly run: (session: RequestSession, next: Next) => void,
  ) {}

  /** @param given the response; for a request that has none, whatever stands in for it */
  handle(request: IncomingMessage, given: object, next: Next): void {
    // A request has at most one session, which may have ended by now.
    if (sessionOf(request) !== undefined || ('session' in request && request.session)) {
      this.manager.observer.otherMiddleware();
      return next();
    }
    const cookie = this.cookieFor(request, next);
    if (cookie === undefined) return;
    if (!isWithinPath(pathOf(request), cookie.path ?? '/')) return next();
    const response = isSendable(request, given) ? given : undefined;
    const opened = this.open(
      new HttpRequest(request, cookie, this.settings, response !== undefined),
    );
    if (opened instanceof RequestSession) return this.begin(opened, request, response, next);
    opened.then(
      (session) => this.begin(session, request, response, next),
      (error: unknown) => refuse(response, next, error),
    );
  }

  /** The application's `cookie` function may throw. */
  private cookieFor(request: IncomingMessage, next: Next): CookieSettings | undefined {
    try {
      return this.settings.cookieFor(request);
    } catch (error) {
      this.manager.observer.error('The cookie function of the session options failed.', error);
      next(asError(error));
      return undefined;
    }
  }

  /** Has everything that fails reject, also what throws at once. */
  private open(request: HttpRequest): RequestSession | Promise<RequestSession> {
    try {
      return this.manager.open(request);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  private begin(
    session: RequestSession,
    request: IncomingMessage,
    response: ServerResponse | undefined,
    next: Next,
  ): void {
    try {
      this.bind(session, request, response, next);
    } catch (error) {
      return next(asError(error)); // the request or the response is frozen, say
    }
    this.run(session, next);
  }

  /** Puts the session on its request, and holds the response, if there is one, until it is stored. */
  private bind(
    session: RequestSession,
    request: IncomingMessage,
    response: ServerResponse | undefined,
    next: Next,
  ): void {
    if (response === undefined) {
      void new RequestProperties(this.manager, session, request);
      return;
    }
    keepPropertiesFast(request, response);
    void new SessionExchange(this.manager, session, request, response, next);
  }
}
