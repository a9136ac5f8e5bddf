import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext, PipeTransform, Type } from '@nestjs/common';
import type { SessionUser } from '../../options/session-user.js';
import { userIn } from '../current-session.js';
import { hideFromPipes } from './hide-from-pipes.js';

// Nest awaits the promise that a decorator returns.
const UserParameter = createParamDecorator(
  (_data: void, context: ExecutionContext): Promise<SessionUser | undefined> =>
    userIn(context, '@CurrentUser() was used'),
);

/**
 * Injects the signed-in user, as the application's `loadUser` option returns them; it is called once a
 * request. Injects `undefined` if nobody is signed in. Works in HTTP controllers and GraphQL resolvers.
 * @throws NotAuthenticatedException (401) with the reason `'user-gone'` if the user no longer exists; this
 * ends the session
 * @throws SessionUnavailableException if there is no `loadUser` option, or `SessionModule` does not cover the
 * route
 */
export function CurrentUser(...pipes: (PipeTransform | Type<PipeTransform>)[]): ParameterDecorator {
  return (target, method, index) => {
    UserParameter(...pipes)(target, method, index);
    hideFromPipes(target, method, index);
  };
}
