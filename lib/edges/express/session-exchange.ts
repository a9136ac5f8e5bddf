import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestSession } from '../../session/state/request-session.js';
import type { SessionManager } from '../../session/session-manager.js';
import { StoreUnavailableError } from '../../session/errors.js';
import { asError } from '../../reporting/thrown.js';
import { isMistake, toHttpException } from '../exceptions/http-exception-of.js';
import { SessionStoreUnavailableException } from '../exceptions/session-store-unavailable.exception.js';
import { RequestProperties } from './request-properties.js';
import type { GatedExchange } from '../response/gated-exchange.js';
import { ResponseGate } from '../response/response-gate.js';

/** A middleware's `next`: goes on, or hands an error to the error handlers. */
export type Next = (error?: unknown) => void;

const UNAVAILABLE = 503;

/** Seconds after which a client may try again when the store was unavailable. */
const RETRY_AFTER = '1';

/** A request and its response, and the session between them. */
export class SessionExchange implements GatedExchange {
  readonly gate: ResponseGate;
  private readonly properties: RequestProperties;

  constructor(
    private readonly manager: SessionManager,
    private readonly session: RequestSession,
    request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly next: Next,
  ) {
    this.properties = new RequestProperties(manager, session, request);
    this.gate = new ResponseGate(response, this);
  }

  settle(): Promise<void> | undefined {
    this.properties.sync();
    return this.manager.settle(this.session);
  }

  setCookie(): string | undefined {
    const { session, response } = this;
    if (session.budget.hasFailed && response.statusCode === UNAVAILABLE) {
      response.setHeader('Retry-After', RETRY_AFTER);
    }
    return this.manager.cookies.setCookieFor(session);
  }

  /** True when the application answers 503 itself. */
  isAnswered(error: Error): boolean {
    return error instanceof StoreUnavailableError && this.response.statusCode === UNAVAILABLE;
  }

  refuse(error: Error): void {
    if (isMistake(error)) this.report(error); // an outage is logged by its event
    refuse(this.response, this.next, error);
  }

  report(error: unknown): void {
    this.manager.observer.error('A session was not stored.', error);
  }

  missedCookie(): void {
    this.manager.cookies.missed(this.session);
  }
}

/** Has the platform make another response, of an error. */
export function refuse(response: ServerResponse | undefined, next: Next, error: unknown): void {
  const exception = toHttpException(asError(error));
  if (exception instanceof SessionStoreUnavailableException) {
    response?.setHeader('Retry-After', RETRY_AFTER);
  }
  next(exception);
}
