import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext, PipeTransform, Type } from '@nestjs/common';
import { userIn } from '../current-session.js';
import type { SessionUser } from '../../options/session-user.js';
import { hideFromPipes } from './hide-from-pipes.js';

// Nest waits for what a decorator promises.
const UserParameter = createParamDecorator(
  (_data: void, context: ExecutionContext): Promise<SessionUser | undefined> =>
    userIn(context, '@CurrentUser() was used'),
);

/**
 * Injects the user who is signed in, as the application has them: what its `loadUser` option returns,
 * which is called once a request; `undefined` if nobody is signed in. Works in HTTP controllers and
 * GraphQL resolvers.
 * @throws NotAuthenticatedException (401) with the reason `'user-gone'` if there is no such user any more;
 * the session is ended then
 * @throws SessionUnavailableException if there is no `loadUser` option, or `SessionModule` does not cover
 * the route
 */
export function CurrentUser(...pipes: (PipeTransform | Type<PipeTransform>)[]): ParameterDecorator {
  return (target, method, index) => {
    UserParameter(...pipes)(target, method, index);
    hideFromPipes(target, method, index);
  };
}
