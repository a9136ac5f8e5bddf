import type { ModulesContainer } from '@nestjs/core';
import { isWithinPath } from '../options/cookie/cookie-path.js';
import { InvalidSessionOptionsException } from '../options/invalid-session-options.exception.js';
import type { InvalidSessionOption } from '../options/invalid-session-options.exception.js';
import { ALL_ROUTES } from '../options/session.options.js';
import type { CompleteSessionModuleOptions } from '../options/session.options.js';

/** A `SessionModule` of an application. */
export interface ModuleSetup {
  readonly isGlobal: boolean;
  readonly options: Pick<CompleteSessionModuleOptions, 'name' | 'cookie' | 'forRoutes' | 'exclude'>;
}

const SHARE =
  'To share one, keep what forRoot() returns in a constant, and import that constant in each module that needs it';

/**
 * The modules of each application so far. An application has one container, and a process may have several.
 */
const applications = new WeakMap<ModulesContainer, readonly ModuleSetup[]>();

/**
 * Adds a module, once its options are checked, to those of its application.
 * @throws InvalidSessionOptionsException if it conflicts with another one
 */
export function addModule(application: ModulesContainer, setup: ModuleSetup): void {
  const others = applications.get(application) ?? [];
  const problem = others.map((other) => problemOf(other, setup)).find((one) => one !== undefined);
  if (problem !== undefined) throw new InvalidSessionOptionsException([problem]);
  applications.set(application, [...others, setup]);
}

/**
 * Returns why two modules cannot be in one application. A request has at most one session, by the first of
 * them.
 */
function problemOf(one: ModuleSetup, other: ModuleSetup): InvalidSessionOption | undefined {
  if (one.isGlobal && other.isGlobal) {
    return {
      path: 'SessionModule',
      problem:
        'is set up twice in this application, by forRoot() or forRootAsync(). Once, in the root module, is enough: it is global, so SessionService can be injected everywhere without importing anything; remove the other. For sessions of several kinds, give each isGlobal: false, and a name and forRoutes of its own',
    };
  }
  if (!sharePaths(one, other)) return undefined;
  if (one.options.name === other.options.name) {
    return {
      path: 'name',
      problem: `is that of another SessionModule in this application, so that the cookie of each would replace the other's. ${SHARE}; for sessions of several kinds, give each a name of its own`,
    };
  }
  if (coversEverything(one.options) || coversEverything(other.options)) {
    return {
      path: 'forRoutes',
      problem: `overlap with those of another SessionModule in this application, and a request can have one session only. ${SHARE}; for sessions of several kinds, give each forRoutes of its own, or exclude the routes of the other`,
    };
  }
  return undefined;
}

function sharePaths(one: ModuleSetup, other: ModuleSetup): boolean {
  const [path, otherPath] = [cookiePathOf(one), cookiePathOf(other)];
  return isWithinPath(path, otherPath) || isWithinPath(otherPath, path);
}

function cookiePathOf({ options: { cookie } }: ModuleSetup): string {
  return typeof cookie === 'function' ? '/' : (cookie.path ?? '/');
}

/** True if no route is left out. */
export function coversEverything({
  forRoutes,
  exclude,
}: Pick<CompleteSessionModuleOptions, 'forRoutes' | 'exclude'>): boolean {
  return forRoutes.includes(ALL_ROUTES) && exclude.length === 0;
}
