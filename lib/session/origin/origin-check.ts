import type { CrossOriginSettings } from '../../options/cross-origin/cross-origin-settings.js';
import { standsFor } from '../../options/cross-origin/trusted-origin.js';
import { parseOrigin } from '../../options/cross-origin/web-origin.js';
import type { SessionSettings } from '../../options/session-settings.js';
import type { SessionEdge } from '../edge.js';
import { CrossOriginError } from '../errors.js';
import type { SessionObserver } from '../events.js';
import { hasCookie } from '../token/cookie-header.js';
import { isFromAnotherOrigin } from './another-origin.js';
import { isUnsafe } from './unsafe-method.js';

/** Keeps pages of other origins from acting with a session. It never looks at the session itself. */
export class OriginCheck {
  constructor(
    private readonly settings: Pick<SessionSettings, 'crossOrigin' | 'name'>,
    private readonly observer: Pick<SessionObserver, 'crossOrigin'>,
  ) {}

  /**
   * Checks a request that arrives: one without the cookie acts for nobody.
   * @throws CrossOriginError
   */
  arrive(edge: SessionEdge): void {
    const { crossOrigin, name } = this.settings;
    if (crossOrigin === undefined || !(isUnsafe(edge) || edge.isHandshake)) return;
    if (hasCookie(edge.cookieHeader, name))
      this.check(edge, crossOrigin, 'with the session cookie');
  }

  /**
   * Checks a sign-in: even without a cookie, another page could sign its visitors in as somebody else. The
   * way back from an identity provider is a GET, and passes.
   * @throws CrossOriginError
   */
  signIn(edge: SessionEdge): void {
    const { crossOrigin } = this.settings;
    if (crossOrigin === undefined || !isUnsafe(edge)) return;
    this.check(edge, crossOrigin, 'which called login()');
  }

  private check(edge: SessionEdge, settings: CrossOriginSettings, how: string): void {
    if (!isFromAnotherOrigin(edge)) return;
    if (isTrusted(edge.origin, settings) || isExcluded(edge.path, settings)) return;
    const error = new CrossOriginError(edge, how);
    this.observer.crossOrigin(error, settings.refuses);
    if (settings.refuses) throw error;
  }
}

/** True for a trusted origin. Many pages have `null` as theirs, and text that is no origin is nobody's. */
function isTrusted(text: string | undefined, { trusted }: CrossOriginSettings): boolean {
  const origin = text === undefined ? undefined : parseOrigin(text);
  if (text === undefined || origin === undefined) return false;
  if (typeof trusted === 'function') return trusted(text) === true;
  return trusted.some((one) => standsFor(one, origin));
}

function isExcluded(path: string, { excluded }: CrossOriginSettings): boolean {
  return typeof excluded === 'function' ? excluded(path) === true : excluded.includes(path);
}
