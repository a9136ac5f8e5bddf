import type { ServerResponse } from 'node:http';
import { asError } from '../../reporting/thrown.js';
import { SessionRotatedError, StoreUnavailableError } from '../../session/errors.js';
import type { SessionManager } from '../../session/session-manager.js';
import type { RequestSession } from '../../session/state/request-session.js';
import { isMistake, toHttpException } from '../exceptions/http-exception-of.js';
import { SessionStoreUnavailableException } from '../exceptions/session-store-unavailable.exception.js';
import type { GatedExchange } from '../response/gated-exchange.js';
import { ResponseGate } from '../response/response-gate.js';
import type { HttpArrival } from './http-arrival.js';
import type { RequestProperties } from './request-properties.js';

const UNAVAILABLE = 503;
const CONFLICT = 409;

/** The statuses that tell a client that nothing was stored, and to try again. */
const REFUSALS = new Set([CONFLICT, UNAVAILABLE]);

/** Seconds after which a client may try again when the store was unavailable. */
const RETRY_AFTER = '1';

/** A request and its response, and the session between them. */
export class SessionExchange implements GatedExchange {
  constructor(
    private readonly manager: SessionManager,
    private readonly session: RequestSession,
    private readonly properties: RequestProperties,
    private readonly arrival: HttpArrival,
    private readonly response: ServerResponse,
  ) {
    void new ResponseGate(response, this);
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

  /** True when the application answers 503, or 409, itself. */
  isAnswered(error: Error): boolean {
    const { statusCode } = this.response;
    if (error instanceof SessionRotatedError) return REFUSALS.has(statusCode);
    return error instanceof StoreUnavailableError && statusCode === UNAVAILABLE;
  }

  refuse(error: Error): void {
    if (isMistake(error)) this.report(error); // an outage is logged by its event
    this.arrival.answer(exceptionFor(this.arrival, error));
  }

  report(error: unknown): void {
    this.manager.observer.error('A session was not stored.', error);
  }

  missedCookie(): void {
    this.manager.cookies.missed(this.session);
  }
}

/** Returns the exception that the platform responds with; the headers say when to try again. */
export function exceptionFor({ response }: HttpArrival, error: unknown): Error {
  const exception = toHttpException(asError(error));
  if (exception instanceof SessionStoreUnavailableException) {
    response?.setHeader('Retry-After', RETRY_AFTER);
  }
  return exception;
}
