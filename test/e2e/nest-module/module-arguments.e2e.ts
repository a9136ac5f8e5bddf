import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { SessionModule } from 'nestjs-sesame';
import { closeApps, SECRET, startModule } from '../../support/applications/nest-app.js';

afterEach(closeApps);

/** Calls a method of SessionModule as a JavaScript user would, without a type checker. */
const call = (method: 'forRoot' | 'forRootAsync', given: unknown): DynamicModule =>
  Reflect.apply(SessionModule[method], SessionModule, [given]);

const withProblems = (...problems: { path: string; problem: unknown }[]): object =>
  expect.objectContaining({ problems });

class Getters {
  get secret(): string {
    return SECRET;
  }
  get isGlobal(): boolean {
    return false;
  }
}

class HalfGetters extends Getters {
  name = 'own.sid';
}

describe('forRoot()', () => {
  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'is missing'],
    ['null', null, 'is null'],
    ['a text', SECRET, 'is a string'],
    ['a function', () => ({ secret: SECRET }), 'is a function'],
    ['an array', [{ secret: SECRET }], 'is an array'],
    ['getters', new Getters(), 'is a Getters'],
  ])('says what it needs when it is given %s', (_what, given, found) => {
    const problem = `${found}; give an object with at least a secret, as in SessionModule.forRoot({ secret })`;
    expect(() => call('forRoot', given)).toThrow(withProblems({ path: 'options', problem }));
  });

  it('says what to do with a promise', () => {
    const problem =
      'is a promise; await it first, in the useFactory of SessionModule.forRootAsync()';
    expect(() => call('forRoot', Promise.resolve({ secret: SECRET }))).toThrow(
      withProblems({ path: 'options', problem }),
    );
  });

  it('says which options it cannot read, which Nest would not copy', () => {
    const problem =
      'is no property of the object itself, but a getter of its class, say; give a plain object';
    expect(() => call('forRoot', new HalfGetters())).toThrow(
      withProblems({ path: 'secret', problem }, { path: 'isGlobal', problem }),
    );
  });
});

@Injectable()
class NoFactory {}

@Injectable()
class Arrow {
  readonly createSessionOptions = (): object => ({ secret: SECRET });
}

@Module({
  providers: [NoFactory, { provide: 'session-options', useClass: Arrow }],
  exports: [NoFactory, 'session-options'],
})
class ProvidingModule {}

describe('forRootAsync()', () => {
  const REMEDY =
    'give an object with useFactory, useClass or useExisting, as in SessionModule.forRootAsync({ useFactory: () => ({ secret }) })';
  const FACTORY = 'give a function that returns the options, or a promise of them';
  const CLASS = 'give a class with a method createSessionOptions(), which returns the options';
  const EXISTING = 'give the class of a provider with a method createSessionOptions()';

  it.each<[string, unknown, string, string]>([
    ['nothing', undefined, 'options', `is missing; ${REMEDY}`],
    ['null', null, 'options', `is null; ${REMEDY}`],
    ['a function', () => ({ secret: SECRET }), 'options', `is a function; ${REMEDY}`],
    ['a promise', Promise.resolve({}), 'options', `is a Promise; ${REMEDY}`],
    ['no source', {}, 'useFactory', `is missing; ${REMEDY}`],
    ['what to inject alone', { inject: [] }, 'useFactory', `is missing; ${REMEDY}`],
    ['an unset source', { useClass: undefined }, 'useFactory', `is missing; ${REMEDY}`],
    ['options', { useFactory: { secret: SECRET } }, 'useFactory', `is an object; ${FACTORY}`],
    ['a number', { useFactory: 5 }, 'useFactory', `is 5; ${FACTORY}`],
    ['null for a factory', { useFactory: null }, 'useFactory', `is null; ${FACTORY}`],
    ['an instance', { useClass: new NoFactory() }, 'useClass', `is a NoFactory; ${CLASS}`],
    ['a number for a class', { useClass: 5 }, 'useClass', `is 5; ${CLASS}`],
    ['a number for a token', { useExisting: 5 }, 'useExisting', `is 5; ${EXISTING}`],
    [
      'two sources',
      { useFactory: () => ({ secret: SECRET }), useClass: NoFactory },
      'useClass',
      'has no effect beside useFactory; give one of the two',
    ],
  ])('says what it needs when it is given %s', (_what, given, path, problem) => {
    expect(() => call('forRootAsync', given)).toThrow(withProblems({ path, problem }));
  });

  it('lists options that stand beside a wrong source', () => {
    expect(() => call('forRootAsync', { secret: SECRET, useFactory: 5 })).toThrow(
      withProblems(
        { path: 'secret', problem: expect.stringContaining('has no effect beside') },
        { path: 'useFactory', problem: `is 5; ${FACTORY}` },
      ),
    );
  });

  it.each([
    ['useClass', {}],
    ['useExisting', { imports: [ProvidingModule] }],
  ])('says at boot if what %s names has no createSessionOptions()', async (path, others) => {
    const sessions = call('forRootAsync', { ...others, [path]: NoFactory });
    const problem = 'has no method createSessionOptions(); add one, which returns the options';
    await expect(startModule({ imports: [sessions] })).rejects.toEqual(
      withProblems({ path, problem }),
    );
  });

  it('takes an arrow function for the method, and a text for the token', async () => {
    const existing = { imports: [ProvidingModule], useExisting: 'session-options' };
    for (const given of [{ useClass: Arrow }, existing]) {
      await startModule({ imports: [call('forRootAsync', given)] });
    }
  });
});
