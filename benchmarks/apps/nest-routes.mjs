// The routes of the applications with sessions. Decorators are applied by hand, so that nothing
// has to be compiled.
import { Controller, Get, Module, Param, Put } from '@nestjs/common';
import { contentIn, contentOf } from './content.mjs';

export class Routes {
  read(session) {
    return { name: session.name };
  }

  write(session, value) {
    session.value = value;
    return { name: session.name, value };
  }

  untouched() {
    return { ok: true };
  }

  first(session, value) {
    session.value = value;
    return { value };
  }

  anonymous(session) {
    return { name: session.name ?? null };
  }

  content(session) {
    return contentIn(session);
  }

  seed(session, number, size, attributes) {
    const shape = [number, size, attributes].filter((text) => text !== undefined).map(Number);
    Object.assign(session, contentOf(...shape));
    return { seeded: true };
  }
}

/**
 * A module with these routes.
 * @param Session the parameter decorator that gives a handler its session
 * @param RoutesClass a subclass of `Routes`, for an application that does some things differently
 */
export function routesModule(Session, options = {}, RoutesClass = Routes) {
  Controller()(RoutesClass);
  const session = () => Session();
  route(RoutesClass, 'read', [Get('read')], [session()]);
  route(RoutesClass, 'write', [Put('write/:value')], [session(), Param('value')]);
  route(RoutesClass, 'untouched', [Get('untouched')]);
  route(RoutesClass, 'first', [Put('first/:value')], [session(), Param('value')]);
  route(RoutesClass, 'anonymous', [Get('anonymous')], [session()]);
  route(RoutesClass, 'content', [Get('content')], [session()]);
  const shape = [Param('number'), Param('size'), Param('attributes')];
  const paths = ['seed/:number/:size', 'seed/:number/:size/:attributes'];
  route(RoutesClass, 'seed', [Put(paths)], [session(), ...shape]);
  return moduleOf(RoutesClass, options);
}

/** A process serves one application, so one root module is enough. */
function AppModule() {}

export function moduleOf(RoutesClass, options = {}) {
  Module({ ...options, controllers: [RoutesClass] })(AppModule);
  return AppModule;
}

export function route(RoutesClass, method, decorators, parameters = []) {
  const { prototype } = RoutesClass;
  for (const [index, decorator] of parameters.entries()) decorator(prototype, method, index);
  const descriptor = { value: prototype[method], writable: true, configurable: true };
  for (const decorator of decorators) decorator(prototype, method, descriptor);
}
