import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext, PipeTransform, Type } from '@nestjs/common';
import { sessionIn } from '../current-session.js';

/**
 * Injects the id of the user whom `SessionService.login()` signed in, or whose session `adopt()` entered;
 * `undefined` if there is none.
 * @throws SessionUnavailableException if `SessionModule` does not cover the route
 */
export const UserId: (...pipes: (PipeTransform | Type<PipeTransform>)[]) => ParameterDecorator =
  createParamDecorator((_data: void, context: ExecutionContext): string | undefined => {
    return sessionIn(context, '@UserId() was used').userId;
  });
