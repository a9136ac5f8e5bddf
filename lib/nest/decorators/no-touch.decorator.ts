import { applyDecorators, SetMetadata, UseGuards } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { sessionOf } from '../../edges/session-of.js';
import { requestOf } from '../current-session.js';

const NO_TOUCH = 'nestjs-sesame:no-touch';

/** Leaves the idle timeout of the request's session as it is, if the route asks for that. */
export function heedNoTouch(reflector: Reflector, context: ExecutionContext): void {
  const targets = [context.getHandler(), context.getClass()];
  if (!reflector.getAllAndOverride<boolean | undefined>(NO_TOUCH, targets)) return;
  const session = sessionOf(requestOf(context));
  if (session !== undefined) session.idleExtension = 'never';
}

const reflector = new Reflector();

/** Lets everyone pass. It is a guard because guards are the first to know which route a request is for. */
const noTouchGuard: CanActivate = {
  canActivate(context) {
    heedNoTouch(reflector, context);
    return true;
  },
};

/**
 * Marks routes that a page calls by itself, such as one that polls: a route, a controller or a resolver.
 * Their requests use the session, but do not count as use of it by its user (ASVS 5.0, 7.3.1): they neither
 * extend its idle timeout nor renew its cookie, though what they change is still stored. `@NoTouch(false)`
 * makes one route of such a controller count again. A GraphQL request with one such operation does not count.
 * @default true
 */
export function NoTouch(isUnused = true): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(NO_TOUCH, isUnused), UseGuards(noTouchGuard));
}
