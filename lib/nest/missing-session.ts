import { Logger } from '@nestjs/common';
import { SessionUnavailableException } from './exceptions/session-unavailable.exception.js';

const logger = new Logger('SessionModule');

/** What to say where a session is asked for and there is none to give. */
export function uncovered(asked: string): SessionUnavailableException {
  return unavailable(
    `${asked}, but this code does not run in a request that has a session. Either it runs outside a request (a job, a constructor, a lifecycle hook, a timer, a WebSocket gateway, a listener of the request's own events), or its route is not covered: see that SessionModule.forRoot() is imported, that its forRoutes and exclude options and cookie.path let the route in, and that no other session middleware runs before it.`,
  );
}

/** A mistake in the application is logged as well: Nest itself logs no HTTP exception. */
export function unavailable(message: string): SessionUnavailableException {
  logger.error(message);
  return new SessionUnavailableException(message);
}
