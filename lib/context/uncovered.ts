import { SessionUnavailableException } from '../exceptions/session-unavailable.exception.js';

/** What to say where a session is asked for and there is none to give. */
export function uncovered(asked: string): SessionUnavailableException {
  return new SessionUnavailableException(
    `${asked}, but this code does not run in a request that has a session. Either it runs outside a request (a job, a constructor, a timer), or its route is not covered: see the forRoutes and exclude options of SessionModule, and cookie.path, outside of which there is no session.`,
  );
}
