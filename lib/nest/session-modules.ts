import type { ModulesContainer } from '@nestjs/core';
import { isWithinPath } from '../options/cookie/cookie-path.js';
import { InvalidSessionOptionsException } from '../options/invalid-session-options.exception.js';
import type { InvalidSessionOption } from '../options/invalid-session-options.exception.js';
import { ALL_ROUTES } from '../options/session.options.js';
import type {
  CompleteSessionModuleOptions,
  SessionModuleOptions,
} from '../options/session.options.js';
import { isSecret } from '../reporting/secret-value.js';
import { MemorySessionStore } from '../stores/memory/memory-session.store.js';
import { isSessionSeal } from '../stores/session-seal.js';

/** A `SessionModule` of an application. */
export interface ModuleSetup {
  readonly isGlobal: boolean;
  readonly options: Pick<CompleteSessionModuleOptions, 'name' | 'cookie' | 'forRoutes' | 'exclude'>;
  /** As the application has it; a test may have others in their place. */
  readonly given: Pick<SessionModuleOptions, 'secret' | 'store'>;
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
  return collisionOf(one, other) ?? mixUpOf(one, other);
}

function collisionOf(one: ModuleSetup, other: ModuleSetup): InvalidSessionOption | undefined {
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

/** A signed id does not say which cookie it is for: under another name, it would lead to the same record. */
function mixUpOf(one: ModuleSetup, other: ModuleSetup): InvalidSessionOption | undefined {
  if (!shareSecret(one, other) || !mayShareRecords(one.given.store, other.given.store)) {
    return undefined;
  }
  return {
    path: 'secret',
    problem:
      'is that of another SessionModule in this application whose sessions may be in the same place, so that a cookie of one would be valid as a cookie of the other. For sessions of several kinds, give each a secret of its own, and a prefix in the store',
  };
}

function shareSecret(one: ModuleSetup, other: ModuleSetup): boolean {
  const [secrets, others] = [one, other].map(({ given: { secret } }) =>
    [secret]
      .flat()
      .filter(isSecret)
      .map((bytes) => Buffer.from(bytes)),
  );
  return secrets?.some((secret) => others?.some((bytes) => bytes.equals(secret))) ?? false;
}

/**
 * Two stores of one class may have one database, which only they know. Cookies that carry the records have
 * their names sealed in.
 */
function mayShareRecords(one: object | undefined, other: object | undefined): boolean {
  if (one === undefined || other === undefined || isSessionSeal(one)) return false;
  if (one === other) return true;
  return one.constructor === other.constructor && !(one instanceof MemorySessionStore);
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
