import { describe, expect, it } from '@jest/globals';
import { Controller, RequestMethod } from '@nestjs/common';
import { InvalidSessionOptionsException } from 'nestjs-sesame';
import { checkOptions } from '../../../lib/options/check-options.js';
import { CompleteSessionModuleOptions } from '../../../lib/options/session.options.js';
import { SECRET } from '../settings-of.js';

@Controller('shop')
class ShopController {}

const UNSET = '(is the environment variable set?)';

const OPTIONS = [
  ['forRoutes', 'give an array of paths, controllers or { path, method }'],
  ['exclude', 'give an array of paths or { path, method }'],
] as const;

/** Checks the options of the module together with a valid secret. */
const check = (options: object): unknown =>
  checkOptions(new CompleteSessionModuleOptions(), { secret: SECRET, ...options });

describe.each(OPTIONS)('%s', (path, remedy) => {
  it.each<[unknown, string]>([
    [undefined, `is missing ${UNSET}`],
    ['', `is an empty string ${UNSET}`],
    [null, 'is null'],
    [5, 'is 5'],
    [() => 'shop', 'is a function'],
    [['shop'], 'is an array'],
    [{}, `has a path that is missing ${UNSET}`],
    [{ path: '', method: RequestMethod.GET }, `has a path that is an empty string ${UNSET}`],
    [{ path: ['shop'], method: RequestMethod.GET }, 'has a path that is an array'],
    [{ path: 'shop' }, 'has a method that is missing'],
    [{ path: 'shop', method: 'GET' }, "has a method that is 'GET'"],
    [{ path: 'shop', method: 99 }, 'has a method that is 99'],
  ])('is refused with %p in it, and told where', (entry, mistake) => {
    const problem = `has an entry, [1], that ${mistake}; ${remedy}, with '/' for the root and a RequestMethod as the method`;
    expect(() => check({ [path]: ['cart', entry] })).toThrow(
      expect.objectContaining({ problems: [{ path, problem }] }),
    );
  });

  it('has all its mistakes reported at once', () => {
    expect(() => check({ [path]: [null, 'cart', undefined] })).toThrow(
      `${path}: has an entry, [0], that is null; has an entry, [2], that is missing ${UNSET}; ${remedy}`,
    );
  });

  it('is refused with a gap in it', () => {
    const routes = ['cart'];
    routes[2] = 'shop';
    expect(() => check({ [path]: routes })).toThrow('has an entry, [1], that is missing');
  });

  it.each([['cart', "'cart'"] as const, [null, 'null'] as const])(
    'is refused when it is %p',
    (routes, found) => {
      expect(() => check({ [path]: routes })).toThrow(`${path}: is ${found}; ${remedy}`);
    },
  );

  it('is accepted as a list of everything that Nest takes for a route', () => {
    const methods = [-1, RequestMethod.GET, RequestMethod.ALL];
    const routes = ['/', 'cart', '{*path}', ShopController];
    check({ [path]: [...routes, ...methods.map((method) => ({ path: 'shop', method }))] });
  });
});

it('exclude may be empty, and forRoutes may not', () => {
  check({ exclude: [] });
  expect(() => check({ forRoutes: [] })).toThrow(InvalidSessionOptionsException);
});
