import { ConfigurableModuleBuilder } from '@nestjs/common';
import { InvalidSessionOptionsException } from '../options/invalid-session-options.exception.js';
import type { SessionModuleOptions } from '../options/session.options.js';
import { harmlessValue } from '../reporting/harmless-value.js';

/** Gives `SessionModule.forRootAsync({ useClass })` its options. */
export interface SessionOptionsFactory {
  /** Called once, at boot. If it throws, the application does not start. */
  createSessionOptions(): SessionModuleOptions | Promise<SessionModuleOptions>;
}

/** Options of the module itself, besides those of the lifecycle. */
export interface SessionModuleExtras {
  /**
   * Whether `SessionService` can be injected everywhere, without importing `SessionModule` again.
   * @default true
   */
  isGlobal?: boolean | undefined;
}

const extras = { isGlobal: true } satisfies SessionModuleExtras;

/** Whether the module is global. A plain `SessionModule`, which nobody has set up, does not provide it. */
export const IS_GLOBAL = Symbol('IS_GLOBAL_SESSION_MODULE');

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<SessionModuleOptions>({ moduleName: 'Session' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createSessionOptions')
    .setExtras<SessionModuleExtras>(extras, (definition, { isGlobal = extras.isGlobal }) => {
      if (typeof isGlobal !== 'boolean') throw noFlag(isGlobal);
      const scope = { provide: IS_GLOBAL, useValue: isGlobal };
      return {
        ...definition,
        global: isGlobal,
        providers: [...(definition.providers ?? []), scope],
      };
    })
    .build();

function noFlag(isGlobal: unknown): InvalidSessionOptionsException {
  const problem = `is ${harmlessValue(isGlobal)}; give true or false`;
  return new InvalidSessionOptionsException([{ path: 'isGlobal', problem }]);
}

/**
 * The options as given. Optional, so that importing a plain `SessionModule` fails with an error of Sesame's
 * own.
 */
export const GIVEN_OPTIONS = { token: MODULE_OPTIONS_TOKEN, optional: true };

/** The same, unless a test replaces some of them. */
export const CHOSEN_OPTIONS = Symbol('CHOSEN_SESSION_OPTIONS');

/** The options, checked and complete. */
export const CHECKED_OPTIONS = Symbol('CHECKED_SESSION_OPTIONS');
