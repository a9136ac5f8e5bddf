import { Logger } from '@nestjs/common';
import { Subject } from 'rxjs';
import { InvalidSessionOptionsException } from '../../options/invalid-session-options.exception.js';
import { describe } from '../../reporting/thrown.js';
import { SessionError, StoreUnavailableError } from '../../session/errors.js';
import type { CrossOriginError } from '../../session/errors.js';
import type { SessionEvent, SessionObserver } from '../../session/events.js';
import { GuardedObservable } from './guarded-observable.js';
import { OutageReports } from './outage-reports.js';

/** Logs to Nest's Logger what someone should look into, and emits events to subscribers. */
export class SessionLogger implements SessionObserver {
  readonly events = new GuardedObservable<SessionEvent>(
    (error) => this.error('A subscriber of SessionService.events threw.', error),
    (subscriber) => this.subject.subscribe(subscriber),
  );
  private readonly subject = new Subject<SessionEvent>();
  private readonly logger = new Logger('SessionModule');
  private readonly warnings = new Set<string>();
  private readonly isProduction = process.env['NODE_ENV'] === 'production';
  private readonly outages = new OutageReports();
  /** Kept apart, so that a client that sends many origins cannot hide an outage. */
  private readonly otherOrigins = new OutageReports();

  event(event: SessionEvent): void {
    this.subject.next(event);
    if (event.type === 'storeFailed') this.reportOutage(event.type, describe(event.cause, isOwn));
  }

  warnOnce(message: string): void {
    if (this.warnings.has(message)) return;
    this.warnings.add(message);
    this.log('warn', message);
  }

  error(message: string, cause: unknown): void {
    const line = `${message} ${describe(cause, isOwn)}`;
    if (cause instanceof StoreUnavailableError) this.reportOutage(message, line);
    else this.log('error', line);
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

  crossOrigin({ origin, message }: CrossOriginError, isRefused: boolean): void {
    const verdict = isRefused ? 'was refused' : "would be refused without crossOrigin: 'report'";
    const line = `A request of another origin ${verdict}. ${message}`;
    const lineToLog = this.otherOrigins.lineToLog(origin, line);
    if (lineToLog !== undefined) this.log('warn', lineToLog);
  }

  otherMiddleware(): void {
    this.warnOnce(
      'A request already had a session when it reached this middleware, so it was left alone: SessionService does not know that session. Remove the other session middleware (an app.use() of express-session or of createSessionMiddleware, or another SessionModule), or put its routes into the exclude option.',
    );
  }

  sessionDropped(): void {
    this.warnOnce(
      'A user was signed out because the session store was full, and held no expired and no anonymous session to drop first. Let it hold more (the max option of MemorySessionStore), end sessions sooner by idleTimeout, or keep them in Redis.',
    );
  }

  cookieTooLate(): void {
    this.warnOnce(
      'A session was stored, but its cookie could not be sent: the headers of the response had left. Change the session before you write to the response.',
    );
  }

  recordTooLate(): void {
    this.log(
      'error',
      'A change of a session was lost: the session travels in its cookie, and the headers of the response had left. Change the session before you write to the response.',
    );
  }

  private reportOutage(kind: string, line: string): void {
    const lineToLog = this.outages.lineToLog(kind, line);
    if (lineToLog !== undefined) this.log('error', lineToLog);
  }

  /** An application's own logger may throw, which must not fail a response. */
  private log(level: 'warn' | 'error', message: string): void {
    try {
      this.logger[level](message);
    } catch {
      // There is nowhere else to log it.
    }
  }
}

/** True for Sesame's own errors: their messages may have several lines, and quote nothing from outside. */
function isOwn(error: Error): boolean {
  return error instanceof SessionError || error instanceof InvalidSessionOptionsException;
}
