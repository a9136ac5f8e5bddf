import type { ConfigurableModuleAsyncOptions } from '@nestjs/common';
import type { SessionCookieOptions } from '../options/cookie/session-cookie.options.js';
import type { SessionLimitSetting } from '../options/session-settings.js';
import type { SessionModuleOptions } from '../options/session.options.js';
import type { SessionModuleExtras } from './session.module-definition.js';

/**
 * The argument of `SessionModule.forRootAsync()`: where the options come from.
 * @typeParam Given what the factory returns. TypeScript accepts excess properties in what a function returns,
 * so that a misspelt option would compile; here, each property must be an option.
 */
export type SessionModuleAsyncOptions<Given extends SessionModuleOptions = SessionModuleOptions> =
  AsyncOptions<Given> & AsyncOptions<OnlyOptions<Given>> & SessionModuleExtras;

type AsyncOptions<Options> = ConfigurableModuleAsyncOptions<Options, 'createSessionOptions'>;

type OnlyOptions<Given> = {
  [Name in keyof Given]: Name extends keyof Nested
    ? OnlyNested<Given[Name], Nested[Name]>
    : OnlyKnown<Name, SessionModuleOptions, Given[Name]>;
};

/** The options that have options of their own. */
interface Nested {
  cookie: SessionCookieOptions;
  encryption: NonNullable<SessionModuleOptions['encryption']>;
  limit: SessionLimitSetting;
}

type OnlyNested<Given, Known> = Given extends (...args: never[]) => unknown
  ? Given
  : { [Name in keyof Given]: OnlyKnown<Name, Known, Given[Name]> };

/** The type that a property must have. If it is no known option, the compiler's error says so. */
type OnlyKnown<Name, Known, Type> = Name extends keyof Known
  ? Type
  : `${Name & string} is not an option`;
