import type { SessionModuleOptions } from '../options/session.options.js';
import { isSecret } from '../reporting/secret-value.js';
import { isSessionSeal } from '../stores/session-seal.js';
import { isSessionStore } from '../stores/session-store.js';
import type { SessionStore } from '../stores/session-store.js';

/**
 * Options that a test sets in place of the application's. Whatever it leaves out is as the application
 * has it: its timeouts, its `limit`, the name of its cookie, its routes.
 */
export interface SessionTestingOptions extends Partial<Omit<SessionModuleOptions, 'store'>> {}

/** The secret of an application that has none in the environment of a test. */
const SECRET = 'of nestjs-sesame/testing, where the application has none';

/** Makes the options of the application under test from those that it gave. */
export function optionsUnderTest(
  given: SessionModuleOptions,
  chosen: SessionTestingOptions,
  store: SessionStore,
): SessionModuleOptions {
  const { secret, store: own } = given;
  const secrets: unknown[] = Array.isArray(secret) ? secret : [secret];
  return {
    ...given,
    secret: secrets.every(isSecret) ? secret : SECRET,
    ...chosen,
    store: own !== undefined && isSessionSeal(own) ? own : store,
  };
}

/** Closes what the application's own store has opened, since nobody is going to use it. */
export async function discardStore({ store }: SessionModuleOptions): Promise<void> {
  if (store === undefined || !isSessionStore(store)) return;
  try {
    await store.close?.();
  } catch {
    // It had nothing to close: a test needs no server behind it.
  }
}
