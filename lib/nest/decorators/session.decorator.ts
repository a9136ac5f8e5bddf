import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { SessionData } from 'express-session';
import { isSession } from '../../edges/session-object/session-object.js';
import type { Session as SessionObject } from '../../edges/session-object/session-object.js';
import { sessionIn } from '../current-session.js';
import { hideFromPipes } from './hide-from-pipes.js';

/**
 * The session: express-session's `Session`, with the data that the application declares by augmenting
 * `SessionData` of `express-session`.
 */
export type Session = SessionObject;

const SessionParameter = createParamDecorator(
  (attribute: keyof SessionData | undefined, context: ExecutionContext): unknown => {
    const session = sessionIn(context, '@Session() was used').object();
    if (attribute === undefined) return session;
    return isSession(session) ? session[attribute] : undefined;
  },
);

/**
 * Injects the session of the request, or one attribute of it: `@Session() session: Session`,
 * `@Session('cart') cart: Cart | undefined`. Works in HTTP controllers and GraphQL resolvers.
 * @throws SessionUnavailableException if `SessionModule` does not cover the route
 */
export function Session(attribute?: keyof SessionData): ParameterDecorator {
  return (target, method, index) => {
    SessionParameter(attribute)(target, method, index);
    hideFromPipes(target, method, index);
  };
}
