import { Logger } from '@nestjs/common';
import { SessionUnavailableException } from '../exceptions/session-unavailable.exception.js';

const logger = new Logger('SessionModule');

/**
 * What to say where a session is asked for and there is none to give. It is a mistake in the
 * application, so it is logged as well: Nest itself logs no HTTP exception.
 */
export function uncovered(asked: string): SessionUnavailableException {
  const exception = new SessionUnavailableException(
    `${asked}, but this code does not run in a request that has a session. Either it runs outside a request (a job, a constructor, a lifecycle hook, a timer, a WebSocket gateway), or its route is not covered: see that SessionModule.forRoot() is imported, that its forRoutes and exclude options and cookie.path let the route in, and that no other session middleware runs before it.`,
  );
  logger.error(exception.message);
  return exception;
}
