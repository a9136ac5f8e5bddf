import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { SessionData } from 'express-session';
import { toHttpException } from '../edges/exceptions/http-exception-of.js';
import { HttpRequest } from '../edges/http/http-request.js';
import { seeingWholeUrl } from '../edges/http/whole-url.js';
import { requireData, requireUserId } from '../nest/session.service.arguments.js';
import { toMilliseconds } from '../options/duration.js';
import type { Duration } from '../options/duration.js';
import { resolveEdgeSettings } from '../options/resolve-options.js';
import type { EdgeSettings } from '../options/session-settings.js';
import type { CompleteSessionOptions } from '../options/session.options.js';
import { asError } from '../reporting/thrown.js';
import { changesThatSet } from '../session/data/merge.js';
import { generateSessionId } from '../session/ids.js';
import { signIn } from '../session/rotation/rotation-kinds.js';
import type { SessionManager } from '../session/session-manager.js';
import type { RequestSession } from '../session/state/request-session.js';

/** What a request that begins a session says about its browser, and what the session holds. */
export interface BeginOptions {
  /**
   * The attributes of the session.
   * @default none
   */
  data?: Partial<Omit<SessionData, 'cookie'>>;
  /**
   * What the browser calls itself, as `list()` shows it. The user's headers have it, too.
   * @default unset
   */
  userAgent?: string;
  /**
   * The browser's address, as `list()` shows it.
   * @default '127.0.0.1'
   */
  ip?: string;
}

/** How a user is signed in. */
export interface SignInOptions extends BeginOptions {
  /**
   * How long ago the user signed in, which is also when the session began: for `@RequireFresh()` and
   * `absoluteTimeout`. It has been in use since, so its idle timeout begins now.
   * @default signed in now
   */
  authenticatedAgo?: Duration;
  /**
   * As for `SessionService.login()`: how long the user stays signed in, used or not.
   * @default the configured timeouts and cookie
   */
  remember?: Duration;
}

/** The sessions of one `SessionModule`, which begin here as they do in a request to it. */
export class SessionsUnderTest {
  private readonly settings: EdgeSettings;

  constructor(
    readonly manager: SessionManager,
    options: CompleteSessionOptions,
  ) {
    this.settings = resolveEdgeSettings(options, generateSessionId, seeingWholeUrl);
  }

  /** Opens the session of a request by a browser that has no cookie yet. */
  async open({ ip = '127.0.0.1', userAgent }: BeginOptions): Promise<RequestSession> {
    const socket = new Socket();
    const request = new IncomingMessage(socket);
    Object.assign(request, { method: 'POST', url: '/', ip });
    if (userAgent !== undefined) request.headers['user-agent'] = userAgent;
    const cookie = this.settings.cookieFor(request);
    // A cookie that is always Secure is only handed out over HTTPS.
    if (cookie.secure === true) Object.assign(socket, { encrypted: true });
    return this.manager.open(new HttpRequest(request, cookie, this.settings, true));
  }

  /** Signs a user in, by the same steps as `SessionService.login()`. */
  async signIn(userId: string, options: SignInOptions): Promise<RequestSession> {
    const { data = {}, authenticatedAgo, remember } = options;
    requireUserId('signIn()', userId);
    requireData('signIn()', data);
    const ago = authenticatedAgo === undefined ? 0 : toMilliseconds(authenticatedAgo);
    const lifetime = remember === undefined ? undefined : toMilliseconds(remember);
    const kind = signIn(userId, 'all', lifetime, changesThatSet(data));
    try {
      const session = await this.open(options);
      await this.manager.signIn(session, (one, now) => kind(one, now - ago));
      await this.manager.settle(session);
      return session;
    } catch (error) {
      throw toHttpException(asError(error));
    }
  }
}
