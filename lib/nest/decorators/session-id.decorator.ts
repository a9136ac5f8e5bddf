import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext, PipeTransform, Type } from '@nestjs/common';
import { sessionIn } from '../current-session.js';

/**
 * Injects the id of the request's session. Anyone who has the id has the session: do not log or send it. To
 * name a session in public, use its handle.
 * @throws SessionUnavailableException if `SessionModule` does not cover the route
 */
export const SessionId: (...pipes: (PipeTransform | Type<PipeTransform>)[]) => ParameterDecorator =
  createParamDecorator((_data: void, context: ExecutionContext): string => {
    return sessionIn(context, '@SessionId() was used').id;
  });
