import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { toHttpException } from '../edges/exceptions/http-exception-of.js';
import { NotAuthenticatedException } from '../edges/exceptions/not-authenticated.exception.js';
import type { NotAuthenticatedReason } from '../edges/exceptions/not-authenticated.exception.js';
import { sessionOf } from '../edges/session-of.js';
import { currentSession, requestOf, unavailable } from './current-session.js';
import { heedNoTouch } from './decorators/no-touch.decorator.js';
import { Public } from './decorators/public.decorator.js';
import { FRESHNESS } from './decorators/require-fresh.decorator.js';

/**
 * Lets a request pass if somebody is signed in, by `SessionService.login()` or by Passport. Apply it to a
 * route, to a controller, or everywhere as `APP_GUARD`, and mark what stays open with `@Public()`. Each step
 * is a protected method that you can override.
 *
 * @throws NotAuthenticatedException (401) with the reason, if nobody is signed in
 * @throws SessionStoreUnavailableException (503) if the session could not be read
 * @throws SessionUnavailableException (500) if there is no session, or no HTTP request
 */
@Injectable()
export class AuthenticatedGuard implements CanActivate {
  constructor(
    /** Reads the decorators of a route. */
    protected readonly reflector: Reflector,
  ) {}

  /** Called by Nest before the route's handler: returns `true`, or throws an exception that says why not. */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (this.isPublic(context)) return true;
    const request = this.getRequest(context);
    if (!this.isAuthenticated(request)) throw this.refusal(context, this.getReason(request));
    if (!this.isFresh(request, context)) throw this.refusal(context, 'stale');
    return true;
  }

  /** Makes the exception. It heeds `@NoTouch()` itself, since the route's own guards no longer run. */
  private refusal(context: ExecutionContext, reason: NotAuthenticatedReason): Error {
    heedNoTouch(this.reflector, context);
    return this.createException(reason);
  }

  /** True for a route that `@Public()` opens. */
  protected isPublic(context: ExecutionContext): boolean {
    return this.reflector.getAllAndOverride(Public, [context.getHandler(), context.getClass()]);
  }

  /**
   * Returns the HTTP request of the context. Override it for a transport that keeps the request elsewhere.
   */
  protected getRequest(context: ExecutionContext): object {
    const request = requestOf(context);
    if (request !== undefined) return request;
    throw unavailable(
      `AuthenticatedGuard found no HTTP request in a context of type '${context.getType()}'. For GraphQL, put the request into the context: context: ({ req }) => ({ req }). For another transport, extend the guard and override getRequest().`,
    );
  }

  /** True if somebody is signed in. */
  protected isAuthenticated(request: object): boolean {
    const session = sessionOf(request)?.resolve();
    if (session?.state.is === 'unavailable') throw toHttpException(session.state.failure);
    return session?.userId !== undefined || isAuthenticatedByPassport(request);
  }

  /** True if the sign-in is as recent as `@RequireFresh()` demands. */
  protected isFresh(request: object, context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    const within = this.reflector.getAllAndOverride<number | undefined>(FRESHNESS, targets);
    return within === undefined || sessionOf(request)?.resolve().isFresh(within) === true;
  }

  /** Returns why nobody is signed in. */
  protected getReason(request: object): NotAuthenticatedReason {
    return currentSession(sessionOf(request), 'AuthenticatedGuard was used').absence;
  }

  /** Creates the exception for a reason. */
  protected createException(reason: NotAuthenticatedReason): Error {
    return new NotAuthenticatedException(reason);
  }
}

function isAuthenticatedByPassport(request: object): boolean {
  const isAuthenticated: unknown = Reflect.get(request, 'isAuthenticated');
  return typeof isAuthenticated === 'function' && isAuthenticated.call(request) === true;
}
