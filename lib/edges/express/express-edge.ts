import type { IncomingMessage, ServerResponse } from 'node:http';
import { sessionOf } from '../session-of.js';
import { RequestSession } from '../../session/state/request-session.js';
import type { SessionManager } from '../../session/session-manager.js';
import type { CookieSettings } from '../../options/cookie/cookie-attributes.js';
import type { EdgeSettings } from '../../options/session-settings.js';
import { asError } from '../../reporting/thrown.js';
import { HttpRequest } from './http-request.js';
import { keepPropertiesFast } from './dictionary-mode.js';
import { refuse, SessionExchange } from './session-exchange.js';
import type { Next } from './session-exchange.js';
import { wholeUrlOf } from './whole-url.js';

/** Binds the lifecycle to Node's HTTP server, and to Express and Connect on top of it. */
export class ExpressEdge {
  constructor(
    private readonly manager: SessionManager,
    private readonly settings: EdgeSettings,
    /** Runs the rest of the request, in the context of its session. */
    private readonly run: (session: RequestSession, next: Next) => void,
  ) {}

  handle(request: IncomingMessage, response: ServerResponse, next: Next): void {
    // A request has at most one session, which may have ended by now.
    if (sessionOf(request) !== undefined || ('session' in request && request.session)) {
      this.manager.observer.otherMiddleware();
      return next();
    }
    const cookie = this.cookieFor(request, next);
    if (cookie === undefined) return;
    if (!isWithin(pathOf(request), cookie.path ?? '/')) return next();
    const opened = this.open(new HttpRequest(request, cookie, this.settings));
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
    response: ServerResponse,
    next: Next,
  ): void {
    keepPropertiesFast(request, response);
    void new SessionExchange(this.manager, session, request, response, next);
    this.run(session, next);
  }
}

/** The part before the path, when a client sends a whole URL as if to a proxy (RFC 9112, 3.2.2). */
const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i;

/** The path the client asked for. */
function pathOf(request: IncomingMessage): string {
  const target = wholeUrlOf(request);
  const url = target.startsWith('/') ? target : target.replace(ORIGIN, '');
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/** Path matching as in RFC 6265bis, 5.1.4: `/admin` covers `/admin/users`, not `/administrator`. */
function isWithin(path: string, cookiePath: string): boolean {
  if (cookiePath === '/' || path === cookiePath) return true;
  return path.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`);
}
