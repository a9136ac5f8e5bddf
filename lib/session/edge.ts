import type { CookieSettings, NativeRequest } from '../options/session-settings.js';

/** What the lifecycle asks of a request; the HTTP edge answers. */
export interface SessionRequest {
  readonly native: NativeRequest;
  /** The cookie as it is configured for this request. */
  readonly cookie: CookieSettings;
  readonly cookieHeader: string | undefined;
  readonly isSecure: boolean;
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
}
