import type { CookieSettings } from '../../options/cookie/cookie-attributes.js';
import { isWithinPath } from '../../options/cookie/cookie-path.js';
import type { EdgeSettings } from '../../options/session-settings.js';
import { asError } from '../../reporting/thrown.js';
import type { SessionEdge, SessionObjects } from '../../session/edge.js';
import type { SessionManager } from '../../session/session-manager.js';
import { RequestSession } from '../../session/state/request-session.js';
import { SESSION_OBJECTS } from '../session-object/session-objects.js';
import { sessionOf } from '../session-of.js';
import type { HttpArrival } from './http-arrival.js';
import { HttpRequest } from './http-request.js';
import { RequestProperties } from './request-properties.js';
import { exceptionFor, SessionExchange } from './session-exchange.js';
import { pathOf } from './whole-url.js';

/** Runs the rest of a request, in the context of its session. */
export type Run = (session: RequestSession, arrival: HttpArrival) => void;

/** Binds the lifecycle to Node's HTTP servers, whatever platform is on top of them. */
export class HttpEdge {
  constructor(
    private readonly manager: SessionManager,
    private readonly settings: EdgeSettings,
    private readonly run: Run,
    private readonly objects: SessionObjects = SESSION_OBJECTS,
  ) {}

  handle(arrival: HttpArrival): void {
    const { request } = arrival;
    // A request has at most one session, which may have ended by now.
    if (sessionOf(request) !== undefined || ('session' in request && request.session)) {
      this.manager.observer.otherMiddleware();
      return arrival.next();
    }
    const cookie = this.cookieFor(arrival);
    if (cookie === undefined) return;
    if (!isWithinPath(pathOf(request), cookie.path ?? '/')) return arrival.next();
    const opened = this.open(this.edgeOf(arrival, cookie));
    if (opened instanceof RequestSession) return this.begin(opened, arrival);
    opened.then(
      (session) => this.begin(session, arrival),
      (error: unknown) => arrival.next(exceptionFor(arrival, error)),
    );
  }

  /** Returns the settings of the cookie; the application's `cookie` function may throw. */
  private cookieFor({ request, next }: HttpArrival): CookieSettings | undefined {
    try {
      return this.settings.cookieFor(request);
    } catch (error) {
      this.manager.observer.error('The cookie function of the session options failed.', error);
      next(asError(error));
      return undefined;
    }
  }

  private edgeOf(arrival: HttpArrival, cookie: CookieSettings): SessionEdge {
    const { request, platformRequest, response } = arrival;
    const canSendCookie = response !== undefined;
    const { settings, objects } = this;
    return new HttpRequest(request, cookie, settings, canSendCookie, platformRequest, objects);
  }

  /** Opens the session. Every failure rejects, even one that is thrown at once. */
  private open(edge: SessionEdge): RequestSession | Promise<RequestSession> {
    try {
      return this.manager.open(edge);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  private begin(session: RequestSession, arrival: HttpArrival): void {
    try {
      this.bind(session, arrival);
    } catch (error) {
      return arrival.next(asError(error)); // the request or the response is frozen, say
    }
    this.run(session, arrival);
  }

  /** Puts the session on its request, and holds the response, if there is one, until it is stored. */
  private bind(session: RequestSession, arrival: HttpArrival): void {
    const properties = new RequestProperties(this.manager, session, arrival.request);
    if (arrival.response === undefined) return;
    void new SessionExchange(this.manager, session, properties, arrival, arrival.response);
  }
}
