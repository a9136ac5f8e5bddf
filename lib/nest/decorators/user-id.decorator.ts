import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext, PipeTransform, Type } from '@nestjs/common';
import { requestOf } from '../request-of.js';
import { sessionOf } from '../../edges/session-of.js';
import { uncovered } from '../missing-session.js';

/**
 * Injects the id of the user who signed in by `SessionService.login()`; `undefined` when nobody is.
 * @throws SessionUnavailableException when the route is not covered by `SessionModule`
 */
export const UserId: (...pipes: (PipeTransform | Type<PipeTransform>)[]) => ParameterDecorator =
  createParamDecorator((_data: void, context: ExecutionContext): string | undefined => {
    const session = sessionOf(requestOf(context));
    if (session === undefined) throw uncovered('@UserId() was used');
    return session.userId;
  });
