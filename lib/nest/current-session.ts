import { Logger } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { isMistake, toHttpException } from '../edges/exceptions/http-exception-of.js';
import { SessionUnavailableException } from '../edges/exceptions/session-unavailable.exception.js';
import { sessionOf, userOf } from '../edges/session-of.js';
import type { SessionUser } from '../options/session-user.js';
import { asError } from '../reporting/thrown.js';
import { SessionUnusableError } from '../session/errors.js';
import type { RequestSession } from '../session/state/request-session.js';

const logger = new Logger('SessionModule');

/**
 * Returns the session of a request, resolved.
 * @param asked what needs the session, for the error if there is none
 */
export function currentSession(session: RequestSession | undefined, asked: string): RequestSession {
  if (session !== undefined) return session.resolve();
  throw unavailable(
    `${asked}, but this code does not run in a request that has a session. Either it runs outside a request (a job, a constructor, a lifecycle hook, a timer, a WebSocket gateway, a callback of something that requests share), or its route is not covered: check that SessionModule.forRoot() is imported, that its forRoutes and exclude options and cookie.path cover the route, and that no other session middleware runs before it.`,
  );
}

/** Returns the session of the request behind an execution context. */
export function sessionIn(context: ExecutionContext, asked: string): RequestSession {
  return currentSession(sessionOf(requestOf(context)), asked);
}

/** Returns the user of the request behind an execution context. */
export async function userIn(
  context: ExecutionContext,
  asked: string,
): Promise<SessionUser | undefined> {
  const request = requestOf(context);
  currentSession(sessionOf(request), asked).binding?.sync();
  try {
    return await userOf(request);
  } catch (thrown) {
    const error = asError(thrown);
    throw isMistake(error) ? unavailable(error.message) : toHttpException(error);
  }
}

/** Creates the exception for a mistake in the application, and logs it, since Nest logs no HTTP exception. */
export function unavailable(message: string): SessionUnavailableException {
  logger.error(message);
  return new SessionUnavailableException(new SessionUnusableError(message));
}

/**
 * Returns the HTTP request behind an execution context: that of an HTTP route, or of a GraphQL operation
 * whose context has it as `req` or `request`. `undefined` if there is none, as for RPC.
 */
export function requestOf(context: ExecutionContext): object | undefined {
  const type: string = context.getType();
  if (type === 'http') return asObject(context.switchToHttp().getRequest<unknown>());
  if (type !== 'graphql') return undefined;
  // A resolver's arguments are (root, args, context, info).
  const graphql = asObject(context.getArgByIndex<unknown>(2));
  if (graphql === undefined) return undefined;
  return asObject(Reflect.get(graphql, 'req')) ?? asObject(Reflect.get(graphql, 'request'));
}

function asObject(value: unknown): object | undefined {
  return typeof value === 'object' && value !== null ? value : undefined;
}
