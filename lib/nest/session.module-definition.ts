import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { SessionModuleOptions } from '../options/session.options.js';

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
  isGlobal?: boolean;
}

const extras: SessionModuleExtras = { isGlobal: true };

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<SessionModuleOptions>({ moduleName: 'Session' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createSessionOptions')
    .setExtras(extras, (definition, { isGlobal }) => ({ ...definition, global: isGlobal === true }))
    .build();

/** The options, checked and complete. */
export const CHECKED_OPTIONS = Symbol('CHECKED_SESSION_OPTIONS');
