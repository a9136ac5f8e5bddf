import type { DynamicModule, Provider } from '@nestjs/common';
import { refuseUnread, requireOptionsObject } from '../options/check-options.js';
import { InvalidSessionOptionsException } from '../options/invalid-session-options.exception.js';
import type { InvalidSessionOption } from '../options/invalid-session-options.exception.js';
import { isOptionsObject } from '../options/options-object.js';
import { CompleteSessionModuleOptions } from '../options/session.options.js';
import { harmlessValue } from '../reporting/harmless-value.js';
import { peek } from '../reporting/thrown.js';
import { typeName } from '../reporting/type-name.js';
import { MODULE_OPTIONS_TOKEN } from './session.module-definition.js';

// Nest copies or calls what it is given without a look at it.

/** @throws InvalidSessionOptionsException for what forRoot() cannot read */
export function requireOptions(given: unknown): void {
  requireOptionsObject(given);
  refuseUnread({ ...new CompleteSessionModuleOptions(), isGlobal: true }, given);
}

/**
 * Checks what says where the options come from.
 * @throws InvalidSessionOptionsException listing everything that is wrong with it
 */
export function requireSource(given: unknown): void {
  const problems = isOptionsObject(given)
    ? [...misplacedOptions(given), ...mistakesInSource(given)]
    : [{ path: 'options', problem: `is ${typeName(given)}; ${ASYNC_REMEDY}` }];
  if (problems.length > 0) throw new InvalidSessionOptionsException(problems);
}

const ASYNC_REMEDY =
  'give an object with useFactory, useClass or useExisting, as in SessionModule.forRootAsync({ useFactory: () => ({ secret }) })';

const MISPLACED =
  'has no effect beside useFactory, useClass or useExisting; have the factory return it with the other options';

/**
 * Finds options beside the factory. TypeScript sees them only where the object is written in place, and Nest
 * ignores them, so that `encryption`, for example, would silently be off.
 */
function misplacedOptions(given: object): InvalidSessionOption[] {
  const names = Object.keys(new CompleteSessionModuleOptions());
  return Object.entries(given)
    .filter(([name, value]) => value !== undefined && names.includes(name))
    .map(([path]) => ({ path, problem: MISPLACED }));
}

const SOURCES: readonly (readonly [string, string])[] = [
  ['useFactory', 'give a function that returns the options, or a promise of them'],
  ['useClass', 'give a class with a method createSessionOptions(), which returns the options'],
  ['useExisting', 'give the class of a provider with a method createSessionOptions()'],
];

function mistakesInSource(given: object): InvalidSessionOption[] {
  const sources = SOURCES.map(([path, remedy]) => {
    return { path, remedy, value: peek(given, path) };
  }).filter(({ value }) => value !== undefined);
  const [first, ...others] = sources;
  if (first === undefined) return [{ path: 'useFactory', problem: `is missing; ${ASYNC_REMEDY}` }];
  const ignored = others.map(({ path }) => {
    return { path, problem: `has no effect beside ${first.path}; give one of the two` };
  });
  if (isSource(first.path, first.value)) return ignored;
  const problem = `is ${harmlessValue(first.value)}; ${first.remedy}`;
  return [{ path: first.path, problem }, ...ignored];
}

/** An existing provider may also have a text or a symbol as its token. */
function isSource(path: string, value: unknown): boolean {
  if (typeof value === 'function') return true;
  return path === 'useExisting' && ['string', 'symbol'].includes(typeof value) && value !== '';
}

/** Has the module say so if the options factory, made by Nest, has not the method that Nest calls. */
export function requiringMethod(definition: DynamicModule, path: string): DynamicModule {
  const providers = definition.providers?.map((provider) => withCheck(provider, path));
  return { ...definition, providers: providers ?? [] };
}

function withCheck(provider: Provider, path: string): Provider {
  if (!('useFactory' in provider) || provider.provide !== MODULE_OPTIONS_TOKEN) return provider;
  const useFactory = async (factory: unknown): Promise<unknown> => {
    if (typeof peek(factory, 'createSessionOptions') !== 'function') {
      const problem = 'has no method createSessionOptions(); add one, which returns the options';
      throw new InvalidSessionOptionsException([{ path, problem }]);
    }
    return provider.useFactory(factory);
  };
  return { ...provider, useFactory };
}
