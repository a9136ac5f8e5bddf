import { Logger } from '@nestjs/common';
import { Subject } from 'rxjs';
import { InvalidSessionOptionsException } from './exceptions/invalid-session-options.exception.js';
import { SessionError } from './core/session-errors.js';
import { printable } from './printable.js';
import type { SessionEvent, SessionObserver } from './core/session-events.js';

const OUTAGE_REPORT_INTERVAL = 10_000;

/** Tells Nest's Logger what someone should look into, and everyone who asks what happens. */
export class NestSessionObserver implements SessionObserver {
  readonly events = new Subject<SessionEvent>();
  private readonly logger = new Logger('SessionModule');
  private readonly said = new Set<string>();
  private readonly isProduction = process.env['NODE_ENV'] === 'production';
  private nextOutageReport = 0;

  event(event: SessionEvent): void {
    this.events.next(event);
    if (event.type === 'storeFailed') this.reportOutage(event);
  }

  warnOnce(message: string): void {
    if (this.said.has(message)) return;
    this.said.add(message);
    this.logger.warn(message);
  }

  error(message: string, cause: unknown): void {
    this.logger.error(`${message} ${describe(cause)}`);
  }

  cookieOverPlainHttp(isHeldBack: boolean): void {
    if (isHeldBack) {
      this.warnOnce(
        'A session cookie was not sent: it is Secure, and the request came over plain HTTP. Behind a proxy that ends TLS, trust it with app.set("trust proxy", 1) (or the proxy option) and have it send X-Forwarded-Proto: https. Without TLS, as in development, use cookie.secure: "auto".',
      );
    } else if (this.isProduction) {
      this.warnOnce(
        'A session cookie was sent without Secure in production: the request came over plain HTTP. Behind a proxy that ends TLS, trust it with app.set("trust proxy", 1) (or the proxy option) and have it send X-Forwarded-Proto: https. Then set cookie.secure: true.',
      );
    }
  }

  otherMiddleware(): void {
    this.warnOnce(
      'A request had a session already when it came here, so it was left alone: SessionService does not know that session. Remove the other session middleware (an app.use() of express-session or of createSessionMiddleware), or have its routes in the exclude option.',
    );
  }

  sessionDropped(): void {
    this.warnOnce(
      'A user was signed out for want of room: the session store was full, and of its sessions none had expired and none was anonymous. Let it hold more (the max option of MemorySessionStore), end sessions sooner by idleTimeout, or keep them in Redis.',
    );
  }

  /** An outage fails every request; it is said now and then, not every time. */
  private reportOutage({ at, cause }: SessionEvent): void {
    if (at.getTime() < this.nextOutageReport) return;
    this.nextOutageReport = at.getTime() + OUTAGE_REPORT_INTERVAL;
    this.logger.error(describe(cause));
  }

  cookieTooLate(): void {
    this.warnOnce(
      'A session was stored, but its cookie could not be sent: the headers of the response had left. Change the session before you write to the response.',
    );
  }

  recordTooLate(): void {
    this.logger.error(
      'A change of a session was lost: the session travels in its cookie, and the headers of the response had left. Change the session before you write to the response.',
    );
  }
}

/** How much of a message that is not Sesame's own is logged, in characters. */
const MAX_MESSAGE = 1_000;

/** An error's messages, down its causes; never the objects, which may hold what nobody should see. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return printable(String(error), MAX_MESSAGE);
  const isOwn = error instanceof SessionError || error instanceof InvalidSessionOptionsException;
  const message = isOwn ? error.message : printable(error.message, MAX_MESSAGE);
  return error.cause === undefined ? message : `${message} (${describe(error.cause)})`;
}
