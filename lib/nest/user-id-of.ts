import { sessionOf } from '../edges/session-of.js';
import { unavailable } from './current-session.js';

/**
 * Returns the id of the user who signed in by `SessionService.login()`, from a request that went through
 * `SessionModule` or a middleware of `createSessionMiddleware()`. It is for code that has only the request,
 * such as the application's own middleware, a dashboard, or a socket that the request opened.
 * @param request Node's or Express's request
 * @returns `undefined` if nobody is signed in, or the session could not be read
 * @throws SessionUnavailableException if the request has not gone through Sesame
 */
export function userIdOf(request: object): string | undefined {
  const session = sessionOf(request);
  if (session === undefined) {
    throw unavailable(
      'userIdOf() was called with something other than a request that has a session. Pass the request itself (of a socket.io socket: socket.request), and run a middleware of createSessionMiddleware() before, or have SessionModule cover the route. Anything mounted in main.ts, such as Swagger, runs before SessionModule.',
    );
  }
  session.binding?.sync();
  return session.resolve().userId;
}
